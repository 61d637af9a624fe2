package io.ikigai.platform.stream;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.binder.DefaultPollableMessageSource;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.RequeueCurrentMessageException;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.StaticMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.integration.acks.AcknowledgmentCallback.Status;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHandlingException;

import static io.ikigai.platform.testing.Waits.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Consumers that poll and settle what they polled.
 */
class PolledConsumersIntegrationTests {

	private static StreamApplication application;

	private TestBinder binder;

	private final String destination = "dest." + UUID.randomUUID();

	private final String queue = this.destination + ".group";

	private final ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();

	@BeforeAll
	static void start() {
		application = StreamApplication.start(StreamApplication.NoBeans.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void create() {
		this.binder = new TestBinder(application);
		this.properties.setMaxAttempts(1);
	}

	@AfterEach
	void unbind() {
		this.binder.close();
	}

	private static Platform platform() {
		return application.platform();
	}

	private static void poll(DefaultPollableMessageSource source, MessageHandler handler) {
		await().until(() -> source.poll(handler));
	}

	private static String text(Message<?> message) {
		return new String((byte[]) message.getPayload(), UTF_8);
	}

	private DefaultPollableMessageSource source() {
		return this.binder.poll(this.destination, "group", this.properties);
	}

	private void send(String text) {
		this.binder.produce(this.destination).send(BinderCasesIntegrationTests.text(text));
	}

	@Test
	void completesWhatWasHandled() {
		DefaultPollableMessageSource source = source();
		assertThat(source.poll((message) -> {
		})).isFalse();
		send("x");
		AtomicInteger calls = new AtomicInteger();
		poll(source, (message) -> {
			calls.incrementAndGet();
			assertThat(text(message)).isEqualTo("x");
			assertThat(message.getHeaders().get("contentType")).hasToString("text/plain");
		});
		assertThat(calls).hasValue(1);
		assertThat(platform().queue(this.queue).list(TaskState.COMPLETED, 10)).hasSize(1);
		assertThat(source.poll((message) -> {
		})).isFalse();
	}

	@Test
	void readsPayloadsAsATypeThatIsGiven() {
		DefaultPollableMessageSource source = this.binder.poll(this.destination, null,
				TestBinder.consuming(DestinationType.QUEUE));
		platform().queue(this.destination).enqueue(Map.of("n", 1));
		await().until(() -> source.poll((message) -> assertThat(message.getPayload()).isEqualTo(Map.of("n", 1)),
				new ParameterizedTypeReference<Map<String, Object>>() {
				}));
	}

	@Test
	void triesAgainAndRejects() {
		this.properties.setMaxAttempts(3);
		this.properties.getExtension().setEnableDlq(true);
		DefaultPollableMessageSource source = source();
		send("x");
		AtomicInteger calls = new AtomicInteger();
		assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> poll(source, (message) -> {
			calls.incrementAndGet();
			throw new IllegalStateException("broken");
		})).havingRootCause().withMessage("broken");
		assertThat(calls).hasValue(3);
		assertThat(platform().queue(this.queue).list(TaskState.FAILED, 10)).singleElement()
			.satisfies((task) -> assertThat(task.error()).contains("broken"));
		assertThat(platform().queue(this.queue + ".dlq").claim().orElseThrow().headers())
			.containsEntry(DeadLetterQueue.EXCEPTION_MESSAGE, "broken");
	}

	@Test
	void rejectsAtOnceWithoutRetries() {
		DefaultPollableMessageSource source = source();
		send("x");
		assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> poll(source, (message) -> {
			throw new IllegalStateException("broken");
		}));
		assertThat(platform().queue(this.queue).list(TaskState.FAILED, 10)).singleElement()
			.satisfies((task) -> assertThat(task.error()).contains("broken"));
	}

	@Test
	void requeuesOnRequest() {
		DefaultPollableMessageSource source = source();
		send("x");
		poll(source, (message) -> {
			throw new RequeueCurrentMessageException("later");
		});
		poll(source, (message) -> {
			AcknowledgmentCallback acknowledgment = StaticMessageHeaderAccessor.getAcknowledgmentCallback(message);
			acknowledgment.acknowledge(Status.REQUEUE);
			assertThat(acknowledgment.isAcknowledged()).isTrue();
		});
		Task task = platform().queue(this.queue).claim(Waits.LIMIT).orElseThrow();
		assertThat(task.attempt()).isEqualTo(1);
		task.complete();
	}

	@Test
	void leavesTheAcknowledgingToTheHandler() {
		DefaultPollableMessageSource source = source();
		send("accepted");
		send("pending");
		AcknowledgmentCallback[] acknowledgments = new AcknowledgmentCallback[2];
		for (int i = 0; i < 2; i++) {
			int number = i;
			poll(source, (message) -> {
				acknowledgments[number] = StaticMessageHeaderAccessor.getAcknowledgmentCallback(message);
				acknowledgments[number].noAutoAck();
			});
		}
		assertThat(platform().queue(this.queue).stats().claimed()).isEqualTo(2);
		acknowledgments[0].acknowledge();
		assertThat(platform().queue(this.queue).stats().completed()).isEqualTo(1);
		this.binder.unbind();
		assertThat(platform().queue(this.queue).stats().ready()).isEqualTo(1);
		assertThat(acknowledgments[1].isAcknowledged()).isTrue();
	}

	@Test
	void joinsTheTransactionOfWhoPolls() {
		DefaultPollableMessageSource source = source();
		send("x");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> platform().transaction(() -> {
			assertThat(source.poll((message) -> {
			})).isTrue();
			throw new UnsupportedOperationException("rolls back");
		}));
		assertThat(platform().queue(this.queue).stats().ready()).isEqualTo(1);
		assertThat(platform().transaction(() -> source.poll((message) -> {
		}))).isTrue();
		assertThat(platform().queue(this.queue).stats().completed()).isEqualTo(1);
	}

	@Test
	void pollsWhatIsPublishedWithoutAGroup() {
		DefaultPollableMessageSource source = this.binder.poll(this.destination, null, this.properties);
		DirectChannel output = this.binder.produce(this.destination);
		List.of("a", "b").forEach((text) -> output.send(BinderCasesIntegrationTests.text(text)));
		poll(source, (message) -> {
			assertThat(text(message)).isEqualTo("a");
			StaticMessageHeaderAccessor.getAcknowledgmentCallback(message).acknowledge(Status.REQUEUE);
		});
		poll(source, (message) -> assertThat(text(message)).isEqualTo("a"));
		poll(source, (message) -> assertThat(text(message)).isEqualTo("b"));
		assertThat(source.poll((message) -> {
		})).isFalse();
	}

	@Test
	void pollsAMailbox() {
		DefaultPollableMessageSource source = this.binder.poll(this.destination, null,
				TestBinder.consuming(DestinationType.MAILBOX));
		List.of("bad", "good").forEach(platform().mailbox(this.destination)::send);
		poll(source, (message) -> {
			assertThat(text(message)).isEqualTo("\"bad\"");
			StaticMessageHeaderAccessor.getAcknowledgmentCallback(message).acknowledge(Status.REQUEUE);
		});
		poll(source, (message) -> {
			assertThat(text(message)).isEqualTo("\"bad\"");
			StaticMessageHeaderAccessor.getAcknowledgmentCallback(message).acknowledge(Status.REJECT);
		});
		poll(source, (message) -> assertThat(text(message)).isEqualTo("\"good\""));
		assertThat(platform().mailbox(this.destination).unread()).isZero();
	}

	@Test
	void pollsSeveralDestinationsInTurn() {
		this.properties.setMultiplex(true);
		DefaultPollableMessageSource source = this.binder.poll(this.destination + ".a," + this.destination + ".b",
				"group", this.properties);
		this.binder.produce(this.destination + ".a").send(BinderCasesIntegrationTests.text("a"));
		this.binder.produce(this.destination + ".b").send(BinderCasesIntegrationTests.text("b"));
		StringBuilder polled = new StringBuilder();
		poll(source, (message) -> polled.append(text(message)));
		poll(source, (message) -> polled.append(text(message)));
		assertThat(polled.toString()).isIn("ab", "ba");
	}

}
