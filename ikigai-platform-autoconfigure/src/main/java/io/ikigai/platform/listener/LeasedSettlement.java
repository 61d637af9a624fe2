package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.mailbox.StaleMessageException;
import io.ikigai.platform.queue.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;

/**
 * Settles what is held by a lease, outside the handler's transaction. What cannot be
 * written while the backend is away is tried again until it is written or another worker
 * has the task: its lease is extended for one more lease only, see
 * {@link io.ikigai.platform.runtime.LeaseKeeper}. The fence makes that safe. What the
 * backend refuses for good is abandoned.
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
		catch (RuntimeException | Error ex) {
			fail(received, ex);
		}
	}

	void fail(List<? extends Received> all, Throwable error) {
		all.forEach((each) -> fail(each, error));
	}

	private void fail(Received received, Throwable error) {
		Throwable cause = Settlement.ask(received, error);
		insistOrAbandon(received, () -> Settlement.fail(received, cause));
	}

	void release(List<? extends Received> all) {
		all.stream().filter((each) -> !each.settled()).forEach((each) -> insistOrAbandon(each, each::release));
	}

	private void insistOrAbandon(Received received, Runnable write) {
		try {
			insist(received, write);
		}
		catch (RuntimeException | Error ex) {
			received.abandon();
			logger.error(received.describe() + " cannot be settled; its lease is not extended any more, and it comes "
					+ "again when that has ended", ex);
		}
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
			catch (RuntimeException ex) {
				if (BackendErrors.isFinal(ex)) {
					throw ex;
				}
				if (backOff == null) {
					backOff = TakingFailures.backOff();
					logger.warn(received.describe() + " cannot be settled yet; trying again for as long as it is ours",
							ex);
				}
				if (!this.run.pause(backOff.nextBackOff())) {
					received.abandon();
					logger.error(received.describe()
							+ " could not be settled before the listener stopped; it comes again when the lease ends",
							ex);
					return;
				}
			}
		}
	}

}
