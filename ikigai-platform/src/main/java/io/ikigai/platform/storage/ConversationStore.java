package io.ikigai.platform.storage;

import java.util.Collection;
import java.util.List;

/**
 * Where the messages of conversations with language models are kept: what a backend of
 * the storage implements. Messages are JSON text and are only ever added; what a
 * conversation no longer remembers is marked as forgotten. Names and messages have been
 * checked before. Each method is atomic and joins the running transaction. Safe for use
 * by several threads.
 */
public interface ConversationStore {

	/**
	 * Returns the conversations that remember messages.
	 * @return their names, sorted
	 */
	List<String> conversations();

	/**
	 * Returns what a conversation remembers.
	 * @param conversation the conversation
	 * @return the messages, the oldest first
	 */
	List<Entry> remembered(String conversation);

	/**
	 * Returns what a conversation remembers, and keeps others from changing it until the
	 * transaction ends. The caller runs a transaction.
	 * @param conversation the conversation
	 * @return the messages, the oldest first
	 */
	List<Entry> lock(String conversation);

	/**
	 * Adds messages.
	 * @param conversation the conversation
	 * @param messages the messages, in their order
	 */
	void append(String conversation, List<String> messages);

	/**
	 * Marks messages as forgotten.
	 * @param conversation the conversation
	 * @param positions the messages' positions
	 */
	void forget(String conversation, Collection<Long> positions);

	/**
	 * Deletes a conversation with all it ever remembered.
	 * @param conversation the conversation
	 */
	void delete(String conversation);

	/**
	 * A message that is remembered.
	 *
	 * @param position orders it among the conversation's
	 * @param message the message, as JSON
	 */
	record Entry(long position, String message) {
	}

}
