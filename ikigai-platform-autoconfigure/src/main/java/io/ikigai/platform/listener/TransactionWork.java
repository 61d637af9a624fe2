package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.listener.ListenerInvoker.Delivery;
import io.ikigai.platform.queue.ListenedTaskQueue;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.interceptor.DefaultTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * Claims, handles and settles in one transaction. A handler that fails is rolled back to
 * the savepoint before it, so that the claim, the attempt and the error are committed.
 */
final class TransactionWork implements ListenerSource.Work {

	private static final Log logger = LogFactory.getLog(TransactionWork.class);

	private final TaskEndpoint endpoint;

	private final Handling handling;

	private final ListenedTaskQueue queue;

	private final UndoneClaims undone;

	private final ListenerRun run;

	private final HandlerCall call;

	TransactionWork(TaskEndpoint endpoint, Handling handling, ListenedTaskQueue queue, UndoneClaims undone,
			ListenerRun run) {
		this.endpoint = endpoint;
		this.handling = handling;
		this.queue = queue;
		this.undone = undone;
		this.run = run;
		this.call = handling.newCall();
	}

	@Override
	public void run() {
		PlatformTransactionManager manager = this.handling.transactionManager();
		TransactionStatus status = null;
		List<ReceivedTask> tasks = List.of();
		try {
			status = manager.getTransaction(definition());
			tasks = this.queue.claim(this.endpoint.tasksPerCall(), this.endpoint.lease())
				.stream()
				.map((task) -> new ReceivedTask(task, this.endpoint, this.handling.deadLetters()))
				.toList();
			tasks.forEach(ReceivedTask::begin);
			this.run.worked();
			if (tasks.isEmpty()) {
				// Tasks that cannot be read may have failed in it
				manager.commit(status);
				return;
			}
			this.run.wake();
			handle(tasks, status);
			manager.commit(status);
			this.undone.forget(tasks);
			this.run.wake();
		}
		catch (Throwable ex) {
			if (status != null) {
				LeasedWork.rollBack(manager, status, ex);
			}
			rolledBack(tasks, ex);
		}
	}

	private TransactionAttribute definition() {
		TransactionAttribute own = this.handling.transaction();
		if (own != null) {
			return own;
		}
		DefaultTransactionAttribute definition = new DefaultTransactionAttribute();
		definition.setName(this.endpoint.id());
		return definition;
	}

	private void handle(List<ReceivedTask> tasks, TransactionStatus status) throws Exception {
		List<ReceivedTask> fresh = new ArrayList<>();
		for (ReceivedTask task : tasks) {
			Throwable before = this.undone.tooOften(task);
			if (before != null) {
				Settlement.fail(task, before);
			}
			else {
				fresh.add(task);
			}
		}
		Object savepoint = status.createSavepoint();
		Delivery<ReceivedTask> delivery = this.handling.invoker().prepare(fresh);
		if (!delivery.unfit().isEmpty()) {
			// A validator may have left the transaction failed
			status.rollbackToSavepoint(savepoint);
			delivery.unfit().forEach((task, error) -> Settlement.fail(task, Settlement.ask(task, error)));
			savepoint = status.createSavepoint();
		}
		if (!delivery.fitting().isEmpty()) {
			call(delivery, status, savepoint);
		}
	}

	private void call(Delivery<ReceivedTask> delivery, TransactionStatus status, Object savepoint) throws Exception {
		TransactionAttribute own = this.handling.transaction();
		try {
			Object result = this.call.run(() -> this.handling.invoker().invoke(delivery));
			for (ReceivedTask task : delivery.fitting()) {
				task.complete((this.endpoint.batched()) ? null : result);
			}
			if (status.isRollbackOnly()) {
				throw new UnexpectedRollbackException("The handler marked its transaction for rollback");
			}
		}
		catch (GivenBackException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			if (BackendErrors.lostRace(ex) || delivery.fitting().stream().anyMatch((task) -> task.isStale(ex))) {
				throw ex;
			}
			if (own == null || own.rollbackOn(ex) || ex instanceof HandlerTimeoutException) {
				status.rollbackToSavepoint(savepoint);
			}
			for (ReceivedTask task : delivery.fitting()) {
				Settlement.fail(task, Settlement.ask(task, ex));
			}
		}
	}

	private void rolledBack(List<ReceivedTask> tasks, Throwable error) {
		if (error instanceof GivenBackException) {
			return;
		}
		if (error instanceof NestedTransactionNotSupportedException) {
			logger.error(
					("Listener '%s' stops: claim = TRANSACTION needs a transaction manager with savepoints, such as"
							+ " JdbcTransactionManager. Use claim = LEASE with this one")
						.formatted(this.endpoint.id()),
					error);
			this.run.stop(this.endpoint.lease());
			return;
		}
		if (tasks.isEmpty()) {
			this.run.failed(error);
			return;
		}
		if (Settlement.isStale(error)) {
			logger.warn("Listener '%s': %s".formatted(this.endpoint.id(), error.getMessage()));
			this.run.wake();
			return;
		}
		int times = this.undone.add(tasks, error);
		if (BackendErrors.lostRace(error)) {
			logger.debug("A transaction lost against a concurrent one and runs again", error);
			this.run.pause(LeasedWork.rerunPause(times));
			this.run.wake();
			return;
		}
		logger.warn("Listener '%s': the transaction of %s was rolled back, claim included".formatted(this.endpoint.id(),
				tasks.stream().map((task) -> task.task().id()).toList()), error);
		this.run.failed(error);
	}

	@Override
	public void giveBack() {
		this.call.giveBack();
	}

}
