package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.listener.ListenerInvoker.Delivery;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
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

	private final TaskWork work;

	private final ListenedTaskQueue queue;

	private final UndoneClaims undone;

	private final ListenerRun run;

	private final HandlerCall call;

	TransactionWork(TaskWork work, ListenedTaskQueue queue, UndoneClaims undone, ListenerRun run) {
		this.work = work;
		this.queue = queue;
		this.undone = undone;
		this.run = run;
		this.call = work.newCall();
	}

	@Override
	public void run() {
		PlatformTransactionManager manager = this.work.transactionManager();
		TransactionStatus status = null;
		List<ListenedTask> tasks = List.of();
		try {
			status = manager.getTransaction(definition());
			tasks = this.queue.claim(this.work.endpoint().tasksPerCall(), this.work.endpoint().lease());
			tasks.forEach((task) -> task.handledBy(this.work.endpoint().id()));
			this.run.worked();
			if (tasks.isEmpty()) {
				manager.rollback(status);
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
		TransactionAttribute own = this.work.transaction();
		if (own != null) {
			return own;
		}
		DefaultTransactionAttribute definition = new DefaultTransactionAttribute();
		definition.setName(this.work.endpoint().id());
		return definition;
	}

	private void handle(List<ListenedTask> tasks, TransactionStatus status) throws Exception {
		TaskSettlement settlement = this.work.settlement();
		List<ListenedTask> fresh = new ArrayList<>();
		for (ListenedTask task : tasks) {
			Throwable before = this.undone.tooOften(task);
			if (before != null) {
				settlement.fail(task, before);
			}
			else {
				fresh.add(task);
			}
		}
		Delivery delivery = this.work.invoker().prepare(fresh);
		delivery.unfit().forEach(settlement::giveUp);
		if (!delivery.tasks().isEmpty()) {
			call(delivery, status);
		}
	}

	private void call(Delivery delivery, TransactionStatus status) throws Exception {
		Object savepoint = status.createSavepoint();
		TransactionAttribute own = this.work.transaction();
		try {
			Object result = this.call.run(() -> this.work.invoker().invoke(delivery));
			for (ListenedTask task : delivery.tasks()) {
				this.work.settlement().complete(task, (this.work.endpoint().batched()) ? null : result);
			}
			if (status.isRollbackOnly()) {
				throw new UnexpectedRollbackException("The handler marked its transaction for rollback");
			}
		}
		catch (GivenBackException | ConcurrencyFailureException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			if (delivery.tasks().stream().anyMatch((task) -> TaskSettlement.isStale(task, ex))) {
				throw ex;
			}
			if (own == null || own.rollbackOn(ex) || ex instanceof HandlerTimeoutException) {
				status.rollbackToSavepoint(savepoint);
			}
			for (ListenedTask task : delivery.tasks()) {
				this.work.settlement().fail(task, this.work.settlement().ask(task, ex));
			}
		}
	}

	private void rolledBack(List<ListenedTask> tasks, Throwable error) {
		if (error instanceof GivenBackException) {
			return;
		}
		if (error instanceof NestedTransactionNotSupportedException) {
			logger
				.error(("Listener '%s' stops: claim = TRANSACTION needs a transaction manager with savepoints, such as"
						+ " JdbcTransactionManager. Use claim = LEASE with this one")
					.formatted(this.work.endpoint().id()), error);
			this.run.stop(this.work.endpoint().lease());
			return;
		}
		if (tasks.isEmpty()) {
			this.run.failed(error);
			return;
		}
		if (error instanceof StaleClaimException) {
			logger.warn("Listener '%s': %s".formatted(this.work.endpoint().id(), error.getMessage()));
			this.run.wake();
			return;
		}
		int times = this.undone.add(tasks, error);
		if (error instanceof ConcurrencyFailureException) {
			logger.debug("A transaction lost against a concurrent one and runs again", error);
			this.run.pause(LeasedWork.rerunPause(times));
			this.run.wake();
			return;
		}
		logger.warn("Listener '%s': the transaction of %s was rolled back, claim included"
			.formatted(this.work.endpoint().id(), tasks.stream().map(ListenedTask::id).toList()), error);
		this.run.failed(error);
	}

	@Override
	public void giveBack() {
		this.call.giveBack();
	}

}
