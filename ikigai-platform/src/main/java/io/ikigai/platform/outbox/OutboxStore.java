package io.ikigai.platform.outbox;

import java.util.List;

/**
 * The outbox: what transactions want to have sent to other backends, in the database of
 * those transactions. Safe for use by several threads.
 */
public interface OutboxStore {

	/**
	 * Stores messages of this process. Joins the running transaction.
	 * @param messages the messages, in order
	 */
	void add(List<OutboxMessage> messages);

	/**
	 * Reads the first messages that this process has to send. Takes no part in the
	 * running transaction.
	 * @param service the service that they are for
	 * @param max how many at most; fewer where they are large
	 * @return the messages, in order, and whether these are all
	 */
	Next next(String service, int max);

	/**
	 * Forgets messages that were sent. Takes no part in the running transaction.
	 * @param messages the messages
	 */
	void delete(List<OutboxMessage> messages);

	/**
	 * Keeps a message that cannot be sent, with the reason: it is not read again. Takes
	 * no part in the running transaction.
	 * @param message the message
	 * @param error why it cannot be sent
	 */
	void fail(OutboxMessage message, String error);

	/**
	 * Takes over what processes that died or stopped have left, all that one of them has
	 * left for a service by one process.
	 * @param service the service
	 * @return how many messages
	 */
	int takeOver(String service);

	/**
	 * Messages to send.
	 *
	 * @param messages the messages, in order
	 * @param all whether no other was there
	 */
	record Next(List<OutboxMessage> messages, boolean all) {

		/**
		 * Copies the messages.
		 * @param messages the messages, in order
		 * @param all whether no other was there
		 */
		public Next {
			messages = List.copyOf(messages);
		}

	}

}
