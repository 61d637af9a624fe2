package io.ikigai.platform.mailbox;

import java.time.Duration;
import java.util.Optional;

import io.ikigai.platform.RetryPolicy;

/**
 * A {@link MailboxMessage} as a listener container sees it.
 */
public interface ListenedMessage extends MailboxMessage {

	/**
	 * Notes who handles the message, for {@link MessageObserver}.
	 * @param listener the listener's id
	 */
	void handledBy(String listener);

	/**
	 * Begins the work of a running transaction that will settle this message: makes sure
	 * that the transaction does not outlive the lease in a frozen process.
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	void beginSettling();

	/**
	 * Replies and acknowledges, both or neither.
	 * @param reply the reply
	 * @throws StaleMessageException if the message is no longer this receiver's
	 * @throws IllegalStateException if the message names no mailbox for replies
	 */
	void acknowledge(Object reply);

	/**
	 * Gives the message up.
	 * @param error why
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	void fail(Throwable error);

	/**
	 * Settles a failed attempt: the message comes again after the policy's pause, before
	 * any later one, or is given up when its attempts are used up.
	 * @param error what the handler threw
	 * @param policy the listener's policy
	 * @return the pause, or nothing if the message is given up
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	Optional<Duration> failAttempt(Throwable error, RetryPolicy policy);

	/**
	 * Gives the message and all that was handed out after it back, as if they had not
	 * been handed out.
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	void giveBack();

	/**
	 * Stops the extension of the lease for this message and all that was handed out after
	 * it, so that they are handed out again when it has ended: what is done with a
	 * message that cannot be settled.
	 */
	void abandon();

	/**
	 * Asks whether the handler settled the message itself, in a transaction that may
	 * still be running.
	 * @return whether it did
	 */
	boolean settled();

	/**
	 * Asks whether the message was given back, and with it all that was handed out after
	 * it.
	 * @return whether it was, and that is committed
	 */
	boolean released();

}
