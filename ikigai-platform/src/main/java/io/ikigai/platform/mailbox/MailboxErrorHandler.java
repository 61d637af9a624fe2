package io.ikigai.platform.mailbox;

/**
 * Asked when a handler threw, before the platform decides about the message. It may
 * acknowledge, release or fail the message itself; one that it leaves unsettled comes
 * again or is given up as the listener's retry policy says. Throwing replaces the error.
 * A bean of this type is named by {@link MailboxListener#errorHandler()}.
 */
@FunctionalInterface
public interface MailboxErrorHandler {

	/**
	 * Handles the error.
	 * @param message the message
	 * @param error what the handler threw
	 * @throws Exception to replace the error
	 */
	void handle(MailboxMessage message, Throwable error) throws Exception;

}
