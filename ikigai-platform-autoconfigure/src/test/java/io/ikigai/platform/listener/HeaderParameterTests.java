package io.ikigai.platform.listener;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.support.MessageHeaderAccessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Parameters for headers that no task or message could satisfy are refused at the start.
 */
class HeaderParameterTests {

	private static final String HEADER = "@org.springframework.messaging.handler.annotation.Header ";

	@Test
	void refusesAHeaderWithoutANameIfTheClassFileHoldsNone(@TempDir Path directory) {
		refuses(NamelessParameters.withMethod(directory,
				"@io.ikigai.platform.queue.IkigaiTaskListener(\"q\") public void handle(String payload, " + HEADER
						+ "String sender) { }"),
				"Nameless.handle", "parameter 2 (java.lang.String)", "@Header(\"…\")", "-parameters");
	}

	@Test
	void refusesSuchAHeaderOfAMailboxListenerAndOfADeadLetterHandler(@TempDir Path directory, @TempDir Path other) {
		refuses(NamelessParameters.withMethod(directory,
				"@io.ikigai.platform.mailbox.MailboxListener(\"m\") public void handle(" + HEADER
						+ "java.util.Optional<String> sender, String payload) { }"),
				"parameter 1", "-parameters");
		refuses(NamelessParameters.withMethod(other,
				"@io.ikigai.platform.queue.IkigaiTaskListener(\"q\") public void handle(String payload) { }"
						+ " @io.ikigai.platform.DeadLetterHandler public void letter(" + HEADER
						+ "(required = false) String error) { }"),
				"Nameless.letter", "-parameters");
	}

	@Test
	void takesAHeaderWithANameWithoutParameterNames(@TempDir Path directory) {
		assertThat(DeclaredListeners.start(NamelessParameters.withMethod(directory,
				"@io.ikigai.platform.queue.IkigaiTaskListener(\"q\") public void handle(String payload, " + HEADER
						+ "(\"sender\") String a, @org.springframework.messaging.handler.annotation.Headers"
						+ " java.util.Map<String, Object> all) { }")))
			.hasSize(1);
	}

	@Test
	void refusesNamesAndDefaultsThatCannotBeResolved() {
		refuses(new Object() {
			@IkigaiTaskListener("q")
			void handle(@Header("${no.such.header}") String tenant) {
			}
		}, "parameter 1", "\"${no.such.header}\" cannot be resolved");
		refuses(new Object() {
			@MailboxListener("m")
			void handle(@Header(name = "n", defaultValue = "#{noSuchBean.name}") String tenant) {
			}
		}, "\"#{noSuchBean.name}\" cannot be resolved");
		refuses(new Object() {
			@IkigaiTaskListener("q")
			void handle(@Header(name = "n", defaultValue = "many") int count) {
			}
		}, "defaultValue = \"many\"", "cannot be converted");
	}

	@Test
	void refusesTypesThatNoHeaderHas() {
		refuses(new Object() {
			@IkigaiTaskListener("q")
			void handle(@Header("order") Map<String, Order> order) {
			}
		}, "parameter 1", "cannot be converted to this type");
		refuses(new Object() {
			@IkigaiTaskListener("q")
			void handle(@Header(name = "count", required = false) int count) {
			}
		}, "cannot be null", "wrapper class");
		refuses(new Object() {
			@IkigaiTaskListener("q")
			void handle(@Headers String all) {
			}
		}, "for all headers", "Map<String, Object>");
		refuses(new Object() {
			@IkigaiTaskListener("q")
			void handle(@Payload("item") String item) {
			}
		}, "@Payload(\"item\")", "expression");
	}

	@Test
	void takesWhatHeadersCanBe() {
		assertThat(DeclaredListeners.start(new Object() {
			@IkigaiTaskListener("q")
			void handle(String payload, @Header("id") UUID id, @Header("createdAt") Instant createdAt,
					@Header("attempt") int attempt, @Header("tags") List<Integer> tags, @Header Optional<Long> sender,
					@Header(name = "urgent", required = false) boolean urgent,
					@Header(name = "${queue.name}", defaultValue = "7") int count, @Headers Map<String, Object> all,
					MessageHeaders headers, MessageHeaderAccessor accessor) {
			}

			@DeadLetterHandler
			void letter(@Header String error) {
			}
		})).hasSize(1);
	}

	private static void refuses(Object handler, String... words) {
		assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(() -> DeclaredListeners.start(handler))
			.satisfies((ex) -> assertThat(ex).hasMessageContainingAll(words));
	}

	record Order(String item, int count) {

	}

}
