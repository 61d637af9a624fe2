package io.ikigai.platform.stream;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.storage.DocumentCollection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.HeaderMode;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

import static io.ikigai.platform.stream.BinderCasesIntegrationTests.receive;
import static io.ikigai.platform.stream.BinderCasesIntegrationTests.received;
import static io.ikigai.platform.stream.BinderCasesIntegrationTests.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Queues, topics and mailboxes as destinations, shared with who knows nothing of Spring
 * Cloud Stream.
 */
class DestinationTypesIntegrationTests {

	private static final TypeRef<Map<String, Object>> MAP = new TypeRef<>() {
	};

	private static StreamApplication application;

	private TestBinder binder;

	private final String destination = "dest." + UUID.randomUUID();

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
	}

	@AfterEach
	void unbind() {
		this.binder.close();
	}

	private static Platform platform() {
		return application.platform();
	}

	private static Message<byte[]> json(String json) {
		return MessageBuilder.withPayload(json.getBytes(UTF_8))
			.setHeader(MessageHeaders.CONTENT_TYPE, "application/json")
			.build();
	}

	@Test
	void enqueuesWhatAnyWorkerUnderstands() {
		DirectChannel output = this.binder.produce(this.destination, TestBinder.producing(DestinationType.QUEUE));
		output
			.send(MessageBuilder.fromMessage(json("{\"url\": \"https://example.org/\"}")).setHeader("k", "v").build());
		Task task = platform().queue(this.destination).claim(Waits.LIMIT).orElseThrow();
		assertThat(task.payload(MAP)).isEqualTo(Map.of("url", "https://example.org/"));
		assertThat(task.headers()).containsEntry("k", "v").containsEntry("contentType", "application/json");
		task.complete();
	}

	@Test
	void consumesWhatAnyoneEnqueued() {
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination, null, input, TestBinder.consuming(DestinationType.QUEUE));
		UUID id = platform().queue(this.destination)
			.enqueue(Map.of("a", 1), TaskOptions.of().withHeader("from", "worker"));
		Message<?> message = receive(input);
		assertThat(new String((byte[]) message.getPayload(), UTF_8)).isEqualToIgnoringWhitespace("{\"a\":1}");
		assertThat(message.getHeaders()).containsEntry("from", "worker")
			.containsEntry(MessageHeaders.CONTENT_TYPE, "application/json")
			.containsEntry(Inbound.ID, id.toString())
			.containsEntry(Inbound.ATTEMPT, 1)
			.containsEntry(Inbound.SOURCE, this.destination);
	}

	@Test
	void hasAllConsumersOfAQueueCompete() {
		QueueChannel inputs = new QueueChannel();
		this.binder.consume(this.destination, "one", inputs, TestBinder.consuming(DestinationType.QUEUE));
		this.binder.consume(this.destination, "two", inputs, TestBinder.consuming(DestinationType.QUEUE));
		DirectChannel output = this.binder.produce(this.destination, TestBinder.producing(DestinationType.QUEUE));
		IntStream.range(0, 10).forEach((number) -> output.send(text("" + number)));
		assertThat(IntStream.range(0, 10).mapToObj((number) -> received(inputs))).doesNotHaveDuplicates();
		assertThat(inputs.receive(200)).isNull();
	}

	@Test
	void partitionsAQueue() {
		ExtendedProducerProperties<IkigaiProducerProperties> producing = TestBinder.producing(DestinationType.QUEUE);
		producing.setPartitionKeyExpression(new SpelExpressionParser().parseExpression("payload"));
		producing.setPartitionSelectorExpression(new SpelExpressionParser().parseExpression("hashCode()"));
		producing.setPartitionCount(2);
		ExtendedConsumerProperties<IkigaiConsumerProperties> consuming = TestBinder.consuming(DestinationType.QUEUE);
		consuming.setPartitioned(true);
		consuming.setInstanceIndex(1);
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination, "any", input, consuming);
		DirectChannel output = this.binder.produce(this.destination, producing);
		output.send(text("0"));
		output.send(text("1"));
		assertThat(received(input)).isEqualTo("1");
		assertThat(platform().queue(this.destination + "-0").claim()).isPresent();
	}

	@Test
	void publishesToSubscribersOfThePlatform() throws Exception {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing(DestinationType.TOPIC);
		properties.setHeaderMode(HeaderMode.none);
		BlockingQueue<Map<String, Object>> received = new LinkedBlockingQueue<>();
		try (Subscription subscription = platform().pubsub().subscribe(this.destination, MAP, received::add)) {
			assertThat(subscription).isNotNull();
			this.binder.produce(this.destination, properties).send(json("{\"price\": 3}"));
			assertThat(Waits.next("the message", received)).isEqualTo(Map.of("price", 3));
		}
	}

	@Test
	void broadcastsOnATopicWithHeaders() {
		QueueChannel input1 = new QueueChannel();
		QueueChannel input2 = new QueueChannel();
		this.binder.consume(this.destination, null, input1, TestBinder.consuming(DestinationType.TOPIC));
		this.binder.consume(this.destination, null, input2, TestBinder.consuming(DestinationType.TOPIC));
		this.binder.produce(this.destination, TestBinder.producing(DestinationType.TOPIC))
			.send(MessageBuilder.fromMessage(text("hello")).setHeader("n", 7).build());
		for (QueueChannel input : List.of(input1, input2)) {
			Message<?> message = receive(input);
			assertThat(message.getPayload()).isEqualTo("hello".getBytes(UTF_8));
			assertThat(message.getHeaders()).containsEntry("n", 7)
				.containsEntry(MessageHeaders.CONTENT_TYPE, "text/plain")
				.containsEntry(Inbound.SOURCE, this.destination);
		}
		platform().pubsub().publish(this.destination, Map.of("plain", true));
		assertThat(received(input1)).isEqualToIgnoringWhitespace("{\"plain\":true}");
	}

	@Test
	void sendsToAndReceivesFromMailboxesInOrder() {
		DirectChannel output = this.binder.produce(this.destination, TestBinder.producing(DestinationType.MAILBOX));
		output.send(MessageBuilder.fromMessage(json("{\"n\": 0}")).setHeader("k", "v").build());
		MailboxMessage first = platform().mailbox(this.destination).receive(Waits.LIMIT).orElseThrow();
		assertThat(first.payload(MAP)).isEqualTo(Map.of("n", 0));
		assertThat(first.headers()).containsEntry("k", "v");
		first.acknowledge();
		platform().mailbox(this.destination).send("from a plain agent");
		IntStream.range(1, 20).forEach((number) -> output.send(text("" + number)));
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination, null, input, TestBinder.consuming(DestinationType.MAILBOX));
		assertThat(received(input)).isEqualTo("\"from a plain agent\"");
		IntStream.range(1, 20).forEach((number) -> assertThat(received(input)).isEqualTo("" + number));
	}

	@Test
	void encodesNativelyWhatThePlatformWrites() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing(DestinationType.QUEUE);
		properties.setUseNativeEncoding(true);
		this.binder.produce(this.destination, properties).send(MessageBuilder.withPayload(new Price("tea", 3)).build());
		Task task = platform().queue(this.destination).claim(Waits.LIMIT).orElseThrow();
		assertThat(task.payload(Price.class)).isEqualTo(new Price("tea", 3));
		task.complete();
	}

	@Test
	void forgetsAGroupThatIsTakenOut() {
		TypeRef<Map<String, Boolean>> type = new TypeRef<>() {
		};
		DocumentCollection<Map<String, Boolean>> groups = platform().storage().documents("ikigai-stream-groups", type);
		List.of("shop", "old").forEach((group) -> this.binder.consume(this.destination, group, new QueueChannel()));
		this.binder.unbind();
		DirectChannel again = this.binder.produce(this.destination);
		assertThat(groups.get(this.destination).orElseThrow().value()).isEqualTo(Map.of("shop", false, "old", false));
		groups.put(this.destination, Map.of("shop", false));
		again.send(text("x"));
		assertThat(platform().queue(this.destination + ".shop").stats().ready()).isEqualTo(1);
		assertThat(platform().queue(this.destination + ".old").stats().ready()).isZero();
	}

	@Test
	void recordsRequiredGroupsWhateverBecomesOfTheTransaction() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setRequiredGroups("required");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> platform().transaction(() -> {
			this.binder.produce(this.destination, properties);
			throw new UnsupportedOperationException("rolls back");
		}));
		this.binder.produce(this.destination).send(text("from another producer"));
		assertThat(platform().queue(this.destination + ".required").stats().ready()).isEqualTo(1);
	}

	@Test
	void refusesAGroupOnATopic() {
		assertThatExceptionOfType(ProvisioningException.class)
			.isThrownBy(() -> this.binder.consume(this.destination, "group", new QueueChannel(),
					TestBinder.consuming(DestinationType.TOPIC)))
			.withMessageContaining("destination-type = topic")
			.withMessageContaining("remove group = group");
	}

	@Test
	void refusesRequiredGroupsWhereThereAreNone() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing(DestinationType.QUEUE);
		properties.setRequiredGroups("one");
		assertThatExceptionOfType(ProvisioningException.class)
			.isThrownBy(() -> this.binder.produce(this.destination, properties))
			.withMessageContaining("destination-type = queue")
			.withMessageContaining("required-groups = [one]");
	}

	@Test
	void refusesWhatOnlyQueuesCan() {
		ExtendedConsumerProperties<IkigaiConsumerProperties> letters = TestBinder.consuming();
		letters.getExtension().setEnableDlq(true);
		assertRefused(letters, "enable-dlq");
		ExtendedConsumerProperties<IkigaiConsumerProperties> transactional = TestBinder
			.consuming(DestinationType.MAILBOX);
		transactional.getExtension().setTransactional(true);
		assertRefused(transactional, "transactional");
		ExtendedConsumerProperties<IkigaiConsumerProperties> batches = TestBinder.consuming();
		batches.setBatchMode(true);
		assertRefused(batches, "batch-mode");
	}

	private void assertRefused(ExtendedConsumerProperties<IkigaiConsumerProperties> properties, String property) {
		assertThatExceptionOfType(ProvisioningException.class)
			.isThrownBy(() -> this.binder.consume(this.destination, null, new QueueChannel(), properties))
			.withMessageContaining(this.destination)
			.withMessageContaining(property + " = true");
	}

	@Test
	void takesNamesUpToTheLimitOfThePlatform() {
		String longest = "長".repeat(250);
		QueueChannel input = new QueueChannel();
		this.binder.consume(longest, "grup", input);
		this.binder.produce(longest).send(text("fits"));
		assertThat(received(input)).isEqualTo("fits");
		assertThatExceptionOfType(ProvisioningException.class)
			.isThrownBy(() -> this.binder.consume(longest, "group2", new QueueChannel()))
			.withMessageContaining("Group 'group2'")
			.withMessageContaining("257")
			.withMessageContaining("255");
		assertThatExceptionOfType(ProvisioningException.class).isThrownBy(() -> this.binder.produce("x".repeat(256)))
			.withMessageContaining("256");
	}

	record Price(String what, int price) {
	}

}
