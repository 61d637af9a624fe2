package io.ikigai.platform.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.ikigai.platform.storage.ConversationStore;
import io.ikigai.platform.storage.ConversationStore.Entry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Conversations, whose messages are only ever added and forgotten. Everything here joins
 * the running transaction. Safe for use by several threads.
 */
public final class Conversations {

	private static final Log logger = LogFactory.getLog(Conversations.class);

	private final ConversationStore store;

	private final PayloadJson json;

	private final PlatformTransactions transactions;

	/**
	 * Creates the conversations.
	 * @param store where messages are kept
	 * @param json messages to JSON and back
	 * @param transactions the transactions of the platform's database
	 */
	public Conversations(ConversationStore store, PayloadJson json, PlatformTransactions transactions) {
		this.store = store;
		this.json = json;
		this.transactions = transactions;
	}

	/**
	 * Returns the conversations that remember messages.
	 * @return their names, sorted
	 */
	public List<String> names() {
		return this.store.conversations();
	}

	/**
	 * Returns what a conversation remembers. A message that cannot be read is left out,
	 * and the log tells of it.
	 * @param conversation the conversation's name
	 * @param type what messages are stored as
	 * @param message makes a message of it
	 * @param <T> what messages are stored as
	 * @param <R> what to read messages as
	 * @return the messages, the oldest first
	 */
	public <T, R> List<R> remembered(String conversation, Class<T> type, Function<T, R> message) {
		List<R> messages = new ArrayList<>();
		for (Entry entry : this.store.remembered(Names.check("conversation", conversation))) {
			String what = "message " + entry.position() + " of conversation '" + conversation + "'";
			try {
				messages.add(message.apply(this.json.read(what, entry.message(), type)));
			}
			catch (RuntimeException ex) {
				logger.warn("Leaving out " + what + ", for it cannot be read", ex);
			}
		}
		return messages;
	}

	/**
	 * Makes a conversation remember these messages and no others: of those it remembers
	 * the ones that are not among them are marked as forgotten, and the new ones are
	 * added.
	 * @param conversation the conversation's name
	 * @param messages the messages, the oldest first
	 * @throws io.ikigai.platform.PayloadException if a message cannot be taken
	 */
	public void remember(String conversation, List<?> messages) {
		Names.check("conversation", conversation);
		List<String> wanted = new ArrayList<>();
		messages.forEach((message) -> wanted.add(this.json.write("message", message)));
		this.transactions.runOfStores(() -> {
			List<Long> forgotten = new ArrayList<>();
			int kept = 0;
			// What is kept comes before what is new, in the order it has.
			for (Entry entry : this.store.lock(conversation)) {
				if (kept < wanted.size() && this.json.same(entry.message(), wanted.get(kept))) {
					kept++;
				}
				else {
					forgotten.add(entry.position());
				}
			}
			if (!forgotten.isEmpty()) {
				this.store.forget(conversation, forgotten);
			}
			if (kept < wanted.size()) {
				this.store.append(conversation, wanted.subList(kept, wanted.size()));
			}
			return null;
		});
	}

	/**
	 * Deletes a conversation with all it ever remembered.
	 * @param conversation the conversation's name
	 */
	public void delete(String conversation) {
		this.store.delete(Names.check("conversation", conversation));
	}

}
