package io.ikigai.platform.mailbox;

import org.jspecify.annotations.Nullable;

/**
 * Told of failed attempts at messages, in this process, once that is committed. Must
 * neither block nor throw. Called by several threads.
 */
@FunctionalInterface
public interface MessageObserver {

	/**
	 * Tells that an attempt has failed.
	 * @param message the message
	 * @param listener the id of the listener that received it; {@code null} for a
	 * receiver by hand
	 * @param error why
	 * @param givenUp whether the message is given up
	 */
	void failed(MailboxMessage message, @Nullable String listener, String error, boolean givenUp);

}
