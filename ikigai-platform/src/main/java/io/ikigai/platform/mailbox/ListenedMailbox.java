package io.ikigai.platform.mailbox;

import java.util.List;

import io.ikigai.platform.RetryPolicy;

/**
 * A {@link Mailbox} as listener containers use it.
 */
public interface ListenedMailbox extends Mailbox {

	/**
	 * Receives the next messages in order, which the program has not seen before it
	 * handles them.
	 * @param max how many at most
	 * @param policy the listener's policy
	 * @return the messages
	 */
	List<ListenedMessage> receive(int max, RetryPolicy policy);

	/**
	 * Asks to be woken when there may be messages.
	 * @param wake what to call, without blocking
	 * @return what ends the waking
	 */
	AutoCloseable onMessage(Runnable wake);

}
