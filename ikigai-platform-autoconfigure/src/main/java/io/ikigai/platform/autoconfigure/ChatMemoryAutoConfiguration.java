package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.ai.ConversationMemoryRepository;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.Conversations;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.storage.ConversationStore;
import org.springframework.ai.chat.memory.ChatMemoryRepository;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Spring AI's memory of chats: in place of its own, which ends with the process, but not
 * of one that the application chose.
 */
@AutoConfiguration(after = StorageAutoConfiguration.class,
		afterName = "org.springframework.ai.model.chat.memory.repository.jdbc.autoconfigure.JdbcChatMemoryRepositoryAutoConfiguration",
		beforeName = "org.springframework.ai.model.chat.memory.autoconfigure.ChatMemoryAutoConfiguration")
@ConditionalOnClass(ChatMemoryRepository.class)
public final class ChatMemoryAutoConfiguration {

	ChatMemoryAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	ConversationStore ikigaiConversationStore(PostgresBackend backend) {
		return backend.conversationStore();
	}

	@Bean
	@ConditionalOnMissingBean
	ChatMemoryRepository ikigaiChatMemoryRepository(ConversationStore store, PayloadJson json,
			PlatformTransactions transactions) {
		return new ConversationMemoryRepository(new Conversations(store, json.ofOwnFormats(), transactions));
	}

}
