package io.ikigai.platform.listener;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.mailbox.StaleMessageException;
import io.ikigai.platform.queue.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Settles what came of a failed call of a handler. Each method writes once, joins the
 * running transaction and throws what the write throws; what the handler settled itself
 * is left alone.
 */
final class Settlement {

	private static final Log logger = LogFactory.getLog(Settlement.class);

	private Settlement() {
	}

	/**
	 * Settles a failed attempt, or gives up if trying again makes no sense.
	 * @param received what failed
	 * @param error what was thrown, or what {@link #ask} made of it
	 */
	static void fail(Received received, Throwable error) {
		if (received.isStale(error)) {
			logger.warn(received.describe() + ": " + error.getMessage());
		}
		else if (received.settled()) {
			logger.warn(received.describe() + " failed, but is settled already", error);
		}
		else if (error instanceof PayloadException) {
			giveUp(received, error);
		}
		else if (received.failAttempt(error)) {
			logger.error(received.describe() + " failed and is given up: its attempts are used up", error);
		}
		else {
			logger.warn(received.describe() + " failed and is tried again", error);
		}
	}

	/**
	 * Gives up what no handler can make sense of.
	 * @param received what it is
	 * @param error why
	 */
	private static void giveUp(Received received, Throwable error) {
		received.giveUp(error);
		logger.error(received.describe() + " is given up: its payload or result does not fit", error);
	}

	/**
	 * Asks the error handler, once for each error.
	 * @param received what failed
	 * @param error what was thrown
	 * @return that, or what the error handler threw instead
	 */
	static Throwable ask(Received received, Throwable error) {
		if (received.settled() || received.isStale(error) || error instanceof PayloadException) {
			return error;
		}
		try {
			received.askErrorHandler(error);
			return error;
		}
		catch (Exception ex) {
			if (ex != error && ex.getCause() != error) {
				ex.addSuppressed(error);
			}
			return ex;
		}
	}

	/**
	 * Asks whether an error tells that a task or a message is no longer the caller's: the
	 * transaction is marked for rollback.
	 * @param error the error
	 * @return whether it does
	 */
	static boolean isStale(Throwable error) {
		return error instanceof StaleClaimException || error instanceof StaleMessageException;
	}

}
