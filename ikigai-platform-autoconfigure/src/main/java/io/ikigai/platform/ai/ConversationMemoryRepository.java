package io.ikigai.platform.ai;

import java.util.List;

import io.ikigai.platform.runtime.Conversations;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.Message;

/**
 * Spring AI's memory of chats on the platform's conversations. Saving writes what is new
 * and marks what a conversation no longer remembers; nothing is written twice, and only
 * deleting a conversation deletes. Joins the running transaction. Safe for use by several
 * threads.
 */
public final class ConversationMemoryRepository implements ChatMemoryRepository {

	private final Conversations conversations;

	/**
	 * Creates the repository.
	 * @param conversations where messages are kept
	 */
	public ConversationMemoryRepository(Conversations conversations) {
		this.conversations = conversations;
	}

	@Override
	public List<String> findConversationIds() {
		return this.conversations.names();
	}

	@Override
	public List<Message> findByConversationId(String conversationId) {
		return this.conversations.remembered(conversationId, StoredMessage.class, StoredMessage::message);
	}

	@Override
	public void saveAll(String conversationId, List<Message> messages) {
		this.conversations.remember(conversationId, messages.stream().map(StoredMessage::of).toList());
	}

	@Override
	public void deleteByConversationId(String conversationId) {
		this.conversations.delete(conversationId);
	}

}
