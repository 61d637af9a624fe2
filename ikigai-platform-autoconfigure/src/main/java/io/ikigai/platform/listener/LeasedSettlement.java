package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Settles tasks whose claims are committed, outside the handler's transaction. The lease
 * of such a claim is extended for as long as this process lives, so what cannot be
 * written while the database is away is written when it is back. The claim's fence makes
 * that safe.
 */
final class LeasedSettlement {

	private static final Log logger = LogFactory.getLog(LeasedSettlement.class);

	private final TaskSettlement settlement;

	private final ListenerRun run;

	LeasedSettlement(TaskSettlement settlement, ListenerRun run) {
		this.settlement = settlement;
		this.run = run;
	}

	void complete(ListenedTask task, @Nullable Object result) {
		try {
			insist(task, () -> this.settlement.complete(task, result));
		}
		catch (RuntimeException ex) {
			fail(task, ex);
		}
	}

	void fail(List<ListenedTask> tasks, Throwable error) {
		tasks.forEach((task) -> fail(task, error));
	}

	private void fail(ListenedTask task, Throwable error) {
		Throwable cause = this.settlement.ask(task, error);
		insist(task, () -> this.settlement.fail(task, cause));
	}

	void giveUp(ListenedTask task, Throwable error) {
		insist(task, () -> this.settlement.giveUp(task, error));
	}

	void release(List<ListenedTask> tasks) {
		tasks.stream().filter((task) -> !task.settled()).forEach((task) -> insist(task, task::release));
	}

	private void insist(ListenedTask task, Runnable write) {
		BackOffExecution backOff = null;
		while (true) {
			try {
				write.run();
				return;
			}
			catch (StaleClaimException ex) {
				logger.warn(this.settlement.describe(task) + ": " + ex.getMessage());
				return;
			}
			catch (DataAccessException | TransactionException ex) {
				if (!mayPass(ex)) {
					throw ex;
				}
				if (backOff == null) {
					backOff = ListenerRun.backOff();
					logger.warn(this.settlement.describe(task) + " cannot be settled yet", ex);
				}
				if (!this.run.pause(backOff.nextBackOff())) {
					logger.error(this.settlement.describe(task)
							+ " could not be settled before the listener stopped; it is claimable when its lease ends",
							ex);
					return;
				}
			}
		}
	}

	private static boolean mayPass(RuntimeException error) {
		return !(error instanceof NonTransientDataAccessException)
				|| error instanceof DataAccessResourceFailureException;
	}

}
