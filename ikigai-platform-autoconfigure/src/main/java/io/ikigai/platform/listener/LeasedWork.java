package io.ikigai.platform.listener;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.ikigai.platform.listener.ListenerInvoker.Delivery;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * Handles tasks whose claims are committed. A handler that is transactional gets its
 * transaction from here, by its own attribute, so that its proxy joins it and the
 * completion is part of it.
 */
final class LeasedWork implements ListenerSource.Work {

	private static final Log logger = LogFactory.getLog(LeasedWork.class);

	private static final int MAX_RERUNS = 5;

	private final TaskWork work;

	private final List<ListenedTask> tasks;

	private final GroupedCompletion completion;

	private final ListenerRun run;

	private final HandlerCall call;

	private final LeasedSettlement settlement;

	LeasedWork(TaskWork work, List<ListenedTask> tasks, GroupedCompletion completion, ListenerRun run) {
		this.work = work;
		this.tasks = tasks;
		this.completion = completion;
		this.run = run;
		this.call = work.newCall();
		this.settlement = new LeasedSettlement(work.settlement(), run);
	}

	@Override
	public void run() {
		this.tasks.forEach((task) -> task.handledBy(this.work.endpoint().id()));
		try {
			Delivery delivery = this.work.invoker().prepare(this.tasks);
			delivery.unfit().forEach(this.settlement::giveUp);
			TransactionAttribute transaction = this.work.transaction();
			if (delivery.tasks().isEmpty()) {
				return;
			}
			if (transaction == null) {
				callPlain(delivery);
			}
			else {
				callInTransaction(delivery, transaction);
			}
		}
		catch (GivenBackException ex) {
			logger.debug(this.tasks, ex);
		}
		catch (RuntimeException | Error ex) {
			// A claim that stays would be extended for as long as the process lives
			this.settlement.fail(this.tasks.stream().filter((task) -> !task.settled()).toList(), ex);
		}
	}

	private void callPlain(Delivery delivery) {
		Object result;
		try {
			result = this.call.run(() -> this.work.invoker().invoke(delivery));
		}
		catch (GivenBackException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.settlement.fail(delivery.tasks(), ex);
			return;
		}
		Object own = (this.work.endpoint().batched()) ? null : result;
		delivery.tasks().forEach((task) -> this.completion.complete(task, own, this.settlement, this.run));
	}

	private void callInTransaction(Delivery delivery, TransactionAttribute transaction) {
		for (int reruns = 0;; reruns++) {
			Throwable error = tryInTransaction(delivery, transaction);
			if (error == null) {
				return;
			}
			if (error instanceof GivenBackException givenBack) {
				throw givenBack;
			}
			if (error instanceof CannotCreateTransactionException) {
				// The handler has not run: no attempt
				this.settlement.release(delivery.tasks());
				return;
			}
			if (!(error instanceof ConcurrencyFailureException) || reruns == MAX_RERUNS) {
				settleUndone(delivery.tasks(), error);
				return;
			}
			logger.debug("A transaction lost against a concurrent one and runs again", error);
			if (!this.run.pause(rerunPause(reruns))) {
				this.settlement.release(delivery.tasks());
				return;
			}
		}
	}

	static long rerunPause(int reruns) {
		return ThreadLocalRandom.current().nextLong(10, 30) << Math.min(reruns, 6);
	}

	/**
	 * Runs the handler and settles its tasks in one transaction.
	 * @return {@code null}, or why the transaction was rolled back
	 */
	private @Nullable Throwable tryInTransaction(Delivery delivery, TransactionAttribute transaction) {
		PlatformTransactionManager manager = this.work.transactionManager();
		TransactionStatus status = null;
		try {
			status = manager.getTransaction(transaction);
			delivery.tasks().forEach(ListenedTask::beginSettling);
			settleInTransaction(delivery, transaction);
		}
		catch (Throwable ex) {
			if (status != null) {
				rollBack(manager, status, ex);
			}
			return ex;
		}
		try {
			manager.commit(status);
			return null;
		}
		catch (RuntimeException | Error ex) {
			return ex;
		}
	}

	private void settleInTransaction(Delivery delivery, TransactionAttribute transaction) throws Throwable {
		TaskSettlement direct = this.work.settlement();
		Object result;
		try {
			result = this.call.run(() -> this.work.invoker().invoke(delivery));
		}
		catch (HandlerTimeoutException | GivenBackException | StaleClaimException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			if (transaction.rollbackOn(ex)) {
				throw ex;
			}
			delivery.tasks().forEach((task) -> direct.fail(task, direct.ask(task, ex)));
			return;
		}
		for (ListenedTask task : delivery.tasks()) {
			direct.complete(task, (this.work.endpoint().batched()) ? null : result);
		}
	}

	private void settleUndone(List<ListenedTask> tasks, Throwable error) {
		boolean stale = tasks.stream().anyMatch((task) -> TaskSettlement.isStale(task, error));
		for (ListenedTask task : tasks) {
			if (stale && !TaskSettlement.isStale(task, error)) {
				// Undone because of another task of its batch
				this.settlement.release(List.of(task));
			}
			else {
				this.settlement.fail(List.of(task), error);
			}
		}
	}

	static void rollBack(PlatformTransactionManager manager, TransactionStatus status, Throwable cause) {
		try {
			if (!status.isCompleted()) {
				manager.rollback(status);
			}
		}
		catch (RuntimeException | Error ex) {
			// Nothing of it is committed, which is what matters
			if (ex != cause) {
				cause.addSuppressed(ex);
			}
		}
	}

	@Override
	public void giveBack() {
		if (this.call.giveBack()) {
			this.settlement.release(this.tasks);
		}
	}

}
