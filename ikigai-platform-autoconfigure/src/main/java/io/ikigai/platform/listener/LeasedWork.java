package io.ikigai.platform.listener;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.ikigai.platform.listener.ListenerInvoker.Delivery;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * Handles what is held by a lease, the taking being committed. A handler that is
 * transactional gets its transaction from here, by its own attribute, so that its proxy
 * joins it and the completion is part of it.
 *
 * @param <R> what is handled
 */
final class LeasedWork<R extends Received> implements ListenerSource.Work {

	private static final Log logger = LogFactory.getLog(LeasedWork.class);

	private static final int MAX_RERUNS = 5;

	private final Handling handling;

	private final List<R> all;

	private final Completion<R> completion;

	private final ListenerRun run;

	private final HandlerCall call;

	private final LeasedSettlement settlement;

	LeasedWork(Handling handling, List<R> all, Completion<R> completion, ListenerRun run) {
		this.handling = handling;
		this.all = all;
		this.completion = completion;
		this.run = run;
		this.call = handling.newCall();
		this.settlement = new LeasedSettlement(run);
	}

	@Override
	public void run() {
		this.all.forEach(Received::begin);
		try {
			Delivery<R> delivery = prepare(this.all);
			TransactionAttribute transaction = this.handling.transaction();
			if (delivery.fitting().isEmpty()) {
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
			logger.debug(this.all, ex);
		}
		catch (RuntimeException | Error ex) {
			// A claim that stays would be extended for as long as the process lives
			this.settlement.fail(this.all.stream().filter((each) -> !each.settled()).toList(), ex);
		}
	}

	private Delivery<R> prepare(List<R> messages) {
		Delivery<R> delivery = this.handling.invoker().prepare(messages);
		delivery.unfit().forEach((each, error) -> this.settlement.fail(List.of(each), error));
		return delivery;
	}

	private void callPlain(Delivery<R> delivery) {
		Object result;
		try {
			result = this.call.run(() -> this.handling.invoker().invoke(delivery));
		}
		catch (GivenBackException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.settlement.fail(delivery.fitting(), ex);
			return;
		}
		Object own = (this.handling.invoker().batched()) ? null : result;
		delivery.fitting().forEach((each) -> this.completion.complete(each, own, this.settlement, this.run));
	}

	private void callInTransaction(Delivery<R> first, TransactionAttribute transaction) {
		Delivery<R> delivery = first;
		for (int reruns = 0; !delivery.fitting().isEmpty(); reruns++) {
			Throwable error = tryInTransaction(delivery, transaction);
			if (error == null) {
				return;
			}
			if (error instanceof GivenBackException givenBack) {
				throw givenBack;
			}
			if (error instanceof CannotCreateTransactionException) {
				// The handler has not run: no attempt
				this.settlement.release(delivery.fitting());
				return;
			}
			if (!BackendErrors.lostRace(error) || reruns == MAX_RERUNS) {
				settleUndone(delivery.fitting(), error);
				return;
			}
			logger.debug("A transaction lost against a concurrent one and runs again", error);
			if (!this.run.pause(rerunPause(reruns))) {
				this.settlement.release(delivery.fitting());
				return;
			}
			// The handler may have changed the payload that it got
			delivery = prepare(delivery.fitting());
		}
	}

	static long rerunPause(int reruns) {
		return ThreadLocalRandom.current().nextLong(10, 30) << Math.min(reruns, 6);
	}

	/**
	 * Runs the handler and settles in one transaction.
	 * @return {@code null}, or why the transaction was rolled back
	 */
	private @Nullable Throwable tryInTransaction(Delivery<R> delivery, TransactionAttribute transaction) {
		PlatformTransactionManager manager = this.handling.transactionManager();
		TransactionStatus status = null;
		try {
			status = manager.getTransaction(transaction);
			delivery.fitting().forEach(Received::beginSettling);
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

	private void settleInTransaction(Delivery<R> delivery, TransactionAttribute transaction) throws Throwable {
		Object result;
		try {
			result = this.call.run(() -> this.handling.invoker().invoke(delivery));
		}
		catch (HandlerTimeoutException | GivenBackException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			if (Settlement.isStale(ex) || transaction.rollbackOn(ex)) {
				throw ex;
			}
			delivery.fitting().forEach((each) -> Settlement.fail(each, Settlement.ask(each, ex)));
			return;
		}
		for (R each : delivery.fitting()) {
			each.complete((this.handling.invoker().batched()) ? null : result);
		}
	}

	private void settleUndone(List<R> handled, Throwable error) {
		boolean stale = handled.stream().anyMatch((each) -> each.isStale(error));
		for (R each : handled) {
			if (stale && !each.isStale(error)) {
				// Undone because of another one of its batch
				this.settlement.release(List.of(each));
			}
			else {
				this.settlement.fail(List.of(each), error);
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
			this.settlement.release(this.all);
		}
	}

}
