package io.ikigai.platform.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.ai.MiniLmEmbeddingModel;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.ai.vectorstore.filter.FilterExpressionBuilder;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.MimeTypeUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Spring AI's vector store and chat memory on the platform.
 */
class SpringAiIntegrationTests {

	private static PostgresDatabase database;

	private static ConfigurableApplicationContext application;

	private VectorStore store;

	private ChatMemoryRepository chats;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		application = TestApplication.run(WithModel.class, TestApplication.on(database,
				"--ikigai.ai.vector-store.collection=facts", "--ikigai.storage.collections.facts.vector-size=384"));
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void fill() throws Exception {
		database.execute("DELETE FROM ikigai_document; DELETE FROM ikigai_chat_message");
		this.store = application.getBean(VectorStore.class);
		this.chats = application.getBean(ChatMemoryRepository.class);
		this.store.add(List.of(
				new Document("cat", "Cats sleep most of the day", Map.of("kind", "animal", "legs", 4, "pet", true)),
				new Document("hen", "Hens lay eggs", Map.of("kind", "animal", "legs", 2)),
				new Document("car", "Cars run on petrol or electricity",
						Map.of("kind", "thing", "owner.name", "Ann", "owner", Map.of("name", "Bob"))),
				new Document("sun", "The sun shines", Map.of("kind", "star", "owner", Map.of("name", "Ann")))));
	}

	private List<String> ids(SearchRequest.Builder request) {
		return this.store.similaritySearch(request.build()).stream().map(Document::getId).toList();
	}

	@Test
	void findsDocumentsByMeaning() {
		List<Document> hits = this.store
			.similaritySearch(SearchRequest.builder().query("Which pet rests a lot?").topK(2).build());
		assertThat(hits).hasSize(2);
		assertThat(hits.get(0).getId()).isEqualTo("cat");
		assertThat(hits.get(0).getText()).isEqualTo("Cats sleep most of the day");
		assertThat(hits.get(0).getMetadata()).containsEntry("legs", 4).containsEntry("pet", true);
		assertThat(hits.get(0).getScore()).isBetween(0.2, 1.0);
		assertThat((Double) hits.get(0).getMetadata().get("distance")).isEqualTo(1 - hits.get(0).getScore());
		assertThat(ids(SearchRequest.builder().query("vehicles").similarityThreshold(0.99))).isEmpty();
		assertThat(ids(SearchRequest.builder().query("Hens lay eggs").similarityThreshold(0.99)))
			.containsExactly("hen");
		assertThat(
				application.getBean(Platform.class).storage().documents("facts", Map.class).count(DocumentQuery.all()))
			.isEqualTo(4);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
			kind == 'animal'                              ; cat,hen
			kind != 'animal'                              ; car,sun
			legs > 2                                      ; cat
			legs >= 2                                     ; cat,hen
			legs < 4                                      ; hen
			legs <= 4                                     ; cat,hen
			kind in ['star', 'thing']                     ; car,sun
			kind not in ['star', 'thing']                 ; cat,hen
			pet == true                                   ; cat
			legs is null                                  ; car,sun
			legs is not null                              ; cat,hen
			not (kind == 'animal')                        ; car,sun
			kind == 'animal' && (legs == 2 || pet == true); cat,hen
			'owner.name' == 'Ann'                         ; car
			'owner.name' != 'Ann'                         ; cat,hen,sun
			'owner.name' in ['Ann', 'Bob']                ; car
			'owner.name' not in ['Ann']                   ; cat,hen,sun
			'owner.name' >= 'A'                           ; car
			'owner.name' is null                          ; cat,hen,sun
			owner.name == 'Ann'                           ; car
			kind == 'star' || legs == 4 && pet == true    ; cat,sun
			""")
	void filters(String filter, String expected) {
		assertThat(ids(SearchRequest.builder().query("anything").topK(10).filterExpression(filter)))
			.containsExactlyInAnyOrder(expected.split(","));
	}

	@Test
	void deletesByIdAndByFilter() {
		this.store.delete(List.of("sun", "none"));
		this.store.delete("kind == 'animal'");
		assertThat(ids(SearchRequest.builder().query("anything").topK(10))).containsExactly("car");
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner.name", "'owner.name'", "\"owner.name\"" })
	void deletesByAKeyWithADot(String key) {
		this.store.delete(new FilterExpressionBuilder().ne(key, "Ann").build());
		assertThat(ids(SearchRequest.builder().query("anything").topK(10))).containsExactly("car");
	}

	@Test
	void replacesAndJoinsTheTransaction() {
		Platform platform = application.getBean(Platform.class);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> platform.transaction(() -> {
			this.store.add(List.of(new Document("cat", "Submarines dive", Map.of())));
			assertThat(ids(SearchRequest.builder().query("Submarines dive").topK(1))).containsExactly("cat");
			throw new IllegalStateException("deliberate");
		}));
		assertThat(ids(SearchRequest.builder().query("Submarines dive").similarityThreshold(0.9))).isEmpty();
		this.store.add(List.of(new Document("cat", "Submarines dive", Map.of())));
		assertThat(ids(SearchRequest.builder().query("Submarines dive").topK(1))).containsExactly("cat");
	}

	@Test
	void refusesWhatItCannotStore() {
		Media picture = Media.builder().mimeType(MimeTypeUtils.IMAGE_PNG).data(new byte[] { 1 }).build();
		assertThatIllegalArgumentException()
			.isThrownBy(
					() -> this.store.add(List.of(new Document("x", "text", Map.of()), new Document(picture, Map.of()))))
			.withMessageContaining("text documents");
		assertThat(ids(SearchRequest.builder().query("text").topK(10))).doesNotContain("x");
	}

	@Test
	void remembersEveryKindOfMessage() {
		Media picture = Media.builder().mimeType(MimeTypeUtils.IMAGE_PNG).data(new byte[] { 1, 2 }).id("p").build();
		List<Message> messages = List.of(new SystemMessage("Be brief"),
				UserMessage.builder()
					.text("What is it?")
					.metadata(Map.of("from", "Ann", "n", 1))
					.media(picture)
					.build(),
				AssistantMessage.builder()
					.content("")
					.properties(Map.of("tokens", 12))
					.toolCalls(List.of(new AssistantMessage.ToolCall("1", "function", "look", "{\"at\":\"p\"}")))
					.build(),
				ToolResponseMessage.builder()
					.responses(List.of(new ToolResponseMessage.ToolResponse("1", "look", "a cat")))
					.build(),
				new AssistantMessage("A cat"));
		this.chats.saveAll("c", messages);
		List<Message> read = this.chats.findByConversationId("c");
		assertThat(read).hasSize(5);
		for (int i : new int[] { 0, 2, 3, 4 }) {
			assertThat(read.get(i)).isEqualTo(messages.get(i));
		}
		assertThat(read.get(1).getText()).isEqualTo("What is it?");
		assertThat(read.get(1).getMetadata()).isEqualTo(messages.get(1).getMetadata());
		assertThat(((UserMessage) read.get(1)).getMedia()).singleElement()
			.satisfies((media) -> assertThat(media.getDataAsByteArray()).containsExactly(1, 2));
		this.chats.saveAll("d", List.of());
		assertThat(this.chats.findConversationIds()).containsExactly("c");
		assertThat(this.chats.findByConversationId("d")).isEmpty();
		this.chats.deleteByConversationId("c");
		assertThat(this.chats.findConversationIds()).isEmpty();
	}

	@Test
	void writesEachMessageOnce() throws Exception {
		ChatMemory memory = MessageWindowChatMemory.builder().chatMemoryRepository(this.chats).maxMessages(4).build();
		List<Message> all = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			List<Message> turn = List.of(new UserMessage("question " + i), new AssistantMessage("answer " + i));
			memory.add("c", turn);
			all.addAll(turn);
		}
		assertThat(memory.get("c")).isEqualTo(all.subList(16, 20));
		assertThat(
				database.queryForText("SELECT count(*) || ' ' || count(DISTINCT message) || ' ' || count(forgotten_at) "
						+ "FROM ikigai_chat_message"))
			.isEqualTo("20 20 16");
		memory.clear("c");
		assertThat(database.queryForText("SELECT count(*) FROM ikigai_chat_message")).isEqualTo("0");
	}

	@Test
	void remembersExactlyWhatWasSavedLast() {
		Message a = new UserMessage("a");
		Message b = new UserMessage("b");
		Message c = new UserMessage("c");
		for (List<Message> saved : List.of(List.of(a, b, a, c), List.of(a, c), List.of(c, a), List.of(c, a, a, b),
				List.<Message>of(), List.of(b))) {
			this.chats.saveAll("c", saved);
			assertThat(this.chats.findByConversationId("c")).isEqualTo(saved);
		}
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.chats.saveAll("c", List.of(a, new UserMessage("\0"))));
		assertThatIllegalArgumentException().isThrownBy(() -> this.chats.saveAll("", List.of(a)));
		assertThat(this.chats.findByConversationId("c")).containsExactly(b);
		assertThatIllegalStateException().isThrownBy(() -> application.getBean(Platform.class).transaction(() -> {
			this.chats.saveAll("c", List.of(b, c));
			throw new IllegalStateException("deliberate");
		}));
		assertThat(this.chats.findByConversationId("c")).containsExactly(b);
	}

	@Test
	void givesWayAndTellsWhatIsMissing() {
		ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(TestApplication.class)
			.withPropertyValues("spring.flyway.enabled=false", "ikigai.postgres.url=" + database.url(),
					"ikigai.postgres.username=" + database.username(),
					"ikigai.postgres.password=" + database.password());
		runner.run((context) -> {
			assertThat(context).doesNotHaveBean(VectorStore.class).hasSingleBean(ChatMemoryRepository.class);
			assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Platform.class).storage().documents("d", Map.class).similar("x", 1))
				.withMessageContaining("EmbeddingModel");
		});
		runner.withUserConfiguration(WithModel.class, SecondModel.class).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(VectorStore.class);
			assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Platform.class).storage().documents("d", Map.class).hybrid("x", 1))
				.withMessageContaining("model, second")
				.withMessageContaining("@Primary");
		});
		runner.withClassLoader(new FilteredClassLoader("org.springframework.ai")).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Platform.class).storage().documents("d", Map.class).similar("x", 1))
				.withMessageContaining("EmbeddingModel");
		});
		runner.withPropertyValues("ikigai.ai.vector-store.collection=")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("ikigai.ai.vector-store.collection"));
	}

	@Configuration(proxyBeanMethods = false)
	static class WithModel {

		@Bean
		EmbeddingModel model() {
			return new MiniLmEmbeddingModel();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondModel {

		@Bean
		EmbeddingModel second() {
			return new MiniLmEmbeddingModel();
		}

	}

}
