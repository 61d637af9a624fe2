package io.ikigai.platform.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.ikigai.platform.Platform;
import io.ikigai.platform.ai.MiniLmEmbeddingModel;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the platform itself writes and reads does not depend on the application's JSON
 * mapper.
 */
class OwnFormatsIntegrationTests {

	private static PostgresDatabase database;

	private static ConfigurableApplicationContext application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		application = TestApplication.run(OddMapper.class, TestApplication.on(database));
		platform = application.getBean(Platform.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void keepsHeadersOfTasksAndMessages() {
		platform.queue("q").enqueue(1, TaskOptions.of().withHeader("empty", "").withHeader("some", "x"));
		Task task = platform.queue("q").claim().orElseThrow();
		assertThat(task.headers()).containsEntry("empty", "").containsEntry("some", "x");
		assertThat(platform.queue("q").find(task.id()).orElseThrow().headers()).containsEntry("empty", "");
		platform.mailbox("m").send(1, MessageOptions.of().withHeader("empty", ""));
		MailboxMessage message = platform.mailbox("m").receive().orElseThrow();
		assertThat(message.headers()).containsEntry("empty", "");
	}

	@Test
	void emitsEventsWithNumbers() {
		platform.queue("handled").enqueue("x");
		while (platform.telemetry().query(TelemetryQuery.all().withType("task_completed")).isEmpty()) {
			platform.queue("handled").claim(Duration.ofMillis(1)).ifPresent(Task::release);
			platform.telemetry().flush();
		}
		assertThat(platform.telemetry().query(TelemetryQuery.all().withType("task_completed"))).first()
			.satisfies((event) -> assertThat(event.json()).containsPattern("\"count\": ?1\\b")
				.containsPattern("\"attempt\": ?[1-9]"));
	}

	@Test
	void describesTheAgentPlainly() throws Exception {
		assertThat(database.queryForText("SELECT jsonb_typeof(manifest -> 'listeners') || ' ' "
				+ "|| (manifest #>> '{listeners,0,concurrency}') || ' ' || (manifest -> 'topics') FROM agent_registry"))
			.isEqualTo("array 1 []");
	}

	@Test
	void findsTextsByTheirMetadata() {
		VectorStore store = application.getBean(VectorStore.class);
		store.add(List.of(new Document("empty", "x", Map.of("kind", "", "count", 0, "flag", false, "size", 5L)),
				new Document("full", "Hens lay eggs", Map.of("kind", "bird", "count", 1, "ratio", 0.5, "exact",
						new BigDecimal("12345678901234567890.12")))));
		assertThat(store.similaritySearch(SearchRequest.builder().query("eggs").topK(5).build())).hasSize(2);
		assertThat(store.similaritySearch(SearchRequest.builder()
			.query("eggs")
			.filterExpression("count == 0 && flag == false && size > 4")
			.build())).singleElement().satisfies((document) -> {
				assertThat(document.getId()).isEqualTo("empty");
				assertThat(document.getText()).isEqualTo("x");
				assertThat(document.getMetadata()).containsEntry("kind", "").containsEntry("flag", false);
			});
		assertThat(
				store.similaritySearch(SearchRequest.builder().query("eggs").filterExpression("ratio == 0.5").build()))
			.singleElement()
			.satisfies((document) -> assertThat(document.getMetadata()).containsEntry("ratio", 0.5)
				.containsEntry("exact", new BigDecimal("12345678901234567890.12")));
	}

	@Test
	void remembersChats() {
		ChatMemoryRepository chats = application.getBean(ChatMemoryRepository.class);
		Message message = UserMessage.builder().text("").metadata(Map.of("n", 0, "ratio", 0.5)).build();
		chats.saveAll("c", List.of(message));
		assertThat(chats.findByConversationId("c")).containsExactly(message);
	}

	@Test
	void refusesAMapperThatInstantiatesWhatTheDataName() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> TestApplication.run(Typing.class, TestApplication.on(database)).close())
			.havingRootCause()
			.withMessageContaining("default typing");
	}

	@Configuration(proxyBeanMethods = false)
	static class OddMapper {

		@Bean
		JsonMapperBuilderCustomizer odd() {
			return (builder) -> builder
				.changeDefaultPropertyInclusion((all) -> all.withValueInclusion(JsonInclude.Include.NON_DEFAULT)
					.withContentInclusion(JsonInclude.Include.NON_DEFAULT))
				.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
				.enable(SerializationFeature.WRAP_ROOT_VALUE)
				.enable(DeserializationFeature.UNWRAP_ROOT_VALUE)
				.addModule(new SimpleModule().addSerializer(Long.class, ToStringSerializer.instance)
					.addSerializer(Integer.class, ToStringSerializer.instance));
		}

		@Bean
		EmbeddingModel model() {
			return new MiniLmEmbeddingModel();
		}

		@Bean
		Handler handler() {
			return new Handler();
		}

	}

	static class Handler {

		@IkigaiTaskListener(queue = "handled")
		void handle(String payload) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Typing {

		@Bean
		JsonMapperBuilderCustomizer typing() {
			return (builder) -> builder
				.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfSubType("io.ikigai.").build());
		}

	}

}
