package io.ikigai.platform.listener;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.mailbox.MailboxMessage;

/**
 * A listener of a mailbox that a program adds at run time, where {@code @MailboxListener}
 * would say it at build time.
 *
 * @param id unique in the application
 * @param mailbox the mailbox's name
 * @param retry what happens after a failed attempt
 * @param handler what is called
 */
public record AddedMailboxListener(String id, String mailbox, RetryPolicy retry, Handler handler) {

	/**
	 * Handles messages, one at a time.
	 */
	public interface Handler {

		/**
		 * Handles a message. Returning acknowledges it, unless the handler has settled it
		 * itself.
		 * @param message the message
		 * @throws Exception any exception is a failed attempt
		 */
		void handle(MailboxMessage message) throws Exception;

		/**
		 * Is told of a message that is given up, in the transaction that gives it up.
		 * @param message the message
		 * @param error why
		 */
		void givenUp(MailboxMessage message, Throwable error);

	}

}
