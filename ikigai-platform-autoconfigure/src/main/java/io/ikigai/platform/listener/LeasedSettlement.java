package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.mailbox.StaleMessageException;
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
 * Settles what is held by a lease, outside the handler's transaction. The lease is
 * extended for as long as this process lives, so what cannot be written while the
 * database is away is written when it is back. The fence makes that safe.
 */
final class LeasedSettlement {

	private static final Log logger = LogFactory.getLog(LeasedSettlement.class);

	private final ListenerRun run;

	LeasedSettlement(ListenerRun run) {
		this.run = run;
	}

	void complete(Received received, @Nullable Object result) {
		try {
			insist(received, () -> received.complete(result));
		}
		catch (RuntimeException ex) {
			fail(received, ex);
		}
	}

	void fail(List<? extends Received> all, Throwable error) {
		all.forEach((each) -> fail(each, error));
	}

	private void fail(Received received, Throwable error) {
		Throwable cause = Settlement.ask(received, error);
		insist(received, () -> Settlement.fail(received, cause));
	}

	void release(List<? extends Received> all) {
		all.stream().filter((each) -> !each.settled()).forEach((each) -> insist(each, each::release));
	}

	private void insist(Received received, Runnable write) {
		BackOffExecution backOff = null;
		while (true) {
			try {
				write.run();
				return;
			}
			catch (StaleClaimException | StaleMessageException ex) {
				logger.warn(received.describe() + ": " + ex.getMessage());
				return;
			}
			catch (DataAccessException | TransactionException ex) {
				if (!mayPass(ex)) {
					throw ex;
				}
				if (backOff == null) {
					backOff = TakingFailures.backOff();
					logger.warn(received.describe() + " cannot be settled yet", ex);
				}
				if (!this.run.pause(backOff.nextBackOff())) {
					logger.error(received.describe()
							+ " could not be settled before the listener stopped; it comes again when the lease ends",
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
