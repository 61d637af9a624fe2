package io.ikigai.platform.stream;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ikigai.platform.testing.Waits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.PartitionKeyExtractorStrategy;
import org.springframework.cloud.stream.binder.PartitionSelectorStrategy;
import org.springframework.context.Lifecycle;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.MimeTypeUtils;

import static io.ikigai.platform.testing.Waits.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What Spring Cloud Stream expects of every binder: the cases of its own test base.
 */
class BinderCasesIntegrationTests {

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

	static Message<String> text(String text) {
		return MessageBuilder.withPayload(text)
			.setHeader(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.TEXT_PLAIN)
			.build();
	}

	static Message<?> receive(QueueChannel channel) {
		Message<?> message = channel.receive(10_000);
		assertThat(message).isNotNull();
		return message;
	}

	static @Nullable String received(QueueChannel channel) {
		return new String((byte[]) receive(channel).getPayload(), UTF_8);
	}

	private static boolean running(Binding<MessageChannel> binding) {
		return ((Lifecycle) new DirectFieldAccessor(binding).getPropertyValue("lifecycle")).isRunning();
	}

	@Test
	void stopsWhatIsUnbound() {
		Binding<MessageChannel> producer = this.binder.binder()
			.bindProducer(this.destination, this.binder.output(TestBinder.producing()), TestBinder.producing());
		Binding<MessageChannel> consumer = this.binder.binder()
			.bindConsumer(this.destination, "clean", this.binder.input(TestBinder.consuming()), TestBinder.consuming());
		assertThat(running(producer)).isTrue();
		assertThat(running(consumer)).isTrue();
		producer.unbind();
		assertThat(running(producer)).isFalse();
		consumer.unbind();
		assertThat(running(consumer)).isFalse();
	}

	@Test
	void bindsAgainWhatWasUnbound() {
		DirectChannel output = this.binder.produce(this.destination);
		QueueChannel first = new QueueChannel();
		this.binder.consume(this.destination, "again", first).unbind();
		output.send(text("meanwhile"));
		QueueChannel second = new QueueChannel();
		this.binder.consume(this.destination, "again", second);
		assertThat(received(second)).isEqualTo("meanwhile");
		assertThat(first.receive(0)).isNull();
	}

	@Test
	void sendsAndReceives() throws Exception {
		DirectChannel output = this.binder.produce(this.destination);
		DirectChannel input = this.binder.input(TestBinder.consuming());
		BlockingQueue<Message<?>> received = new LinkedBlockingQueue<>();
		this.binder.consume(this.destination, "group", input);
		input.subscribe(received::add);
		output.send(MessageBuilder.withPayload("foo").setHeader(MessageHeaders.CONTENT_TYPE, "text/plain").build());
		Message<?> message = Waits.next("the message", received);
		assertThat(message.getPayload()).isEqualTo("foo".getBytes(UTF_8));
		assertThat(message.getHeaders().get(MessageHeaders.CONTENT_TYPE)).hasToString("text/plain");
	}

	@Test
	void triesAgainWhileNobodyIsSubscribedToTheChannel() throws Exception {
		DirectChannel input = this.binder.input(TestBinder.consuming());
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();
		properties.setBackOffInitialInterval(1000);
		this.binder.consume(this.destination, "group", input, properties);
		this.binder.produce(this.destination).send(text("early"));
		await().until(() -> application.platform().queue(this.destination + ".group").stats().claimed() == 1);
		BlockingQueue<Message<?>> received = new LinkedBlockingQueue<>();
		input.subscribe(received::add);
		Message<?> message = Waits.next("the message", received);
		assertThat(message.getHeaders().get(MessageHeaders.CONTENT_TYPE)).hasToString("text/plain");
	}

	@Test
	void receivesFromSeveralDestinationsInOneChannel() {
		DirectChannel xy = this.binder.produce(this.destination + ".xy");
		DirectChannel yz = this.binder.produce(this.destination + ".yz");
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination + ".xy", "group", input);
		this.binder.consume(this.destination + ".yz", "group", input);
		byte[] first = { 0, 1, (byte) 0xff };
		byte[] second = "second".getBytes(UTF_8);
		Stream.of(Map.entry(xy, first), Map.entry(yz, second))
			.forEach((sent) -> sent.getKey()
				.send(MessageBuilder.withPayload(sent.getValue())
					.setHeader(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.APPLICATION_OCTET_STREAM)
					.build()));
		assertThat(List.of(receive(input), receive(input))).extracting("payload")
			.containsExactlyInAnyOrder(first, second);
	}

	@Test
	void multiplexesDestinations() {
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();
		properties.setMultiplex(true);
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination + ".a," + this.destination + ".b", "group", input, properties);
		this.binder.produce(this.destination + ".a").send(text("a"));
		this.binder.produce(this.destination + ".b").send(text("b"));
		assertThat(List.of(received(input), received(input))).containsExactlyInAnyOrder("a", "b");
	}

	@Test
	void givesEachAnonymousConsumerWhatComesWhileItIsThere() {
		DirectChannel output = this.binder.produce(this.destination);
		QueueChannel input1 = new QueueChannel();
		QueueChannel input2 = new QueueChannel();
		this.binder.consume(this.destination, null, input1);
		Binding<MessageChannel> binding2 = this.binder.consume(this.destination, null, input2);
		output.send(text("one"));
		assertThat(received(input1)).isEqualTo("one");
		assertThat(received(input2)).isEqualTo("one");
		binding2.unbind();
		output.send(text("two"));
		assertThat(received(input1)).isEqualTo("two");
		this.binder.consume(this.destination, null, input2);
		output.send(text("three"));
		assertThat(received(input1)).isEqualTo("three");
		assertThat(received(input2)).isEqualTo("three");
	}

	@Test
	void keepsMessagesForARequiredGroup() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setRequiredGroups("test1");
		this.binder.produce(this.destination, properties).send(text("early"));
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination, "test1", input);
		assertThat(received(input)).isEqualTo("early");
	}

	@Test
	void givesEveryGroupEachMessage() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setRequiredGroups("test1", "test2");
		DirectChannel output = this.binder.produce(this.destination, properties);
		output.send(text("early"));
		QueueChannel input1 = new QueueChannel();
		QueueChannel input2 = new QueueChannel();
		QueueChannel late = new QueueChannel();
		this.binder.consume(this.destination, "test1", input1);
		this.binder.consume(this.destination, "test2", input2);
		this.binder.consume(this.destination, "late", late);
		output.send(text("later"));
		assertThat(List.of(received(input1), received(input1))).containsExactlyInAnyOrder("early", "later");
		assertThat(List.of(received(input2), received(input2))).containsExactlyInAnyOrder("early", "later");
		assertThat(received(late)).isEqualTo("later");
	}

	@Test
	void hasTheMembersOfAGroupCompete() {
		DirectChannel output = this.binder.produce(this.destination);
		QueueChannel inputs = new QueueChannel();
		this.binder.consume(this.destination, "group", inputs);
		this.binder.consume(this.destination, "group", inputs);
		List<String> sent = IntStream.range(0, 40).mapToObj((number) -> "message " + number).toList();
		sent.forEach((message) -> output.send(text(message)));
		assertThat(IntStream.range(0, 40).mapToObj((number) -> received(inputs)))
			.containsExactlyInAnyOrderElementsOf(sent);
		assertThat(inputs.receive(200)).isNull();
	}

	@Test
	void partitionsByExpressions() {
		QueueChannel[] inputs = consumePartitions("spel");
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setPartitionKeyExpression(new SpelExpressionParser().parseExpression("payload"));
		properties.setPartitionSelectorExpression(new SpelExpressionParser().parseExpression("hashCode()"));
		properties.setPartitionCount(3);
		DirectChannel output = this.binder.produce(this.destination, properties);
		output.send(MessageBuilder.fromMessage(text("2"))
			.setHeader(IntegrationMessageHeaderAccessor.CORRELATION_ID, "foo")
			.setHeader(IntegrationMessageHeaderAccessor.SEQUENCE_NUMBER, 42)
			.setHeader(IntegrationMessageHeaderAccessor.SEQUENCE_SIZE, 43)
			.build());
		output.send(text("1"));
		output.send(text("0"));
		IntStream.range(0, 2).forEach((number) -> assertThat(received(inputs[number])).isEqualTo("" + number));
		Message<?> second = receive(inputs[2]);
		assertThat(second.getPayload()).isEqualTo("2".getBytes(UTF_8));
		IntegrationMessageHeaderAccessor headers = new IntegrationMessageHeaderAccessor(second);
		assertThat(headers.getCorrelationId()).isEqualTo("foo");
		assertThat(headers.getSequenceNumber()).isEqualTo(42);
		assertThat(headers.getSequenceSize()).isEqualTo(43);
		assertThat(second.getHeaders()).containsEntry(BinderHeaders.PARTITION_HEADER, 2);
	}

	@Test
	void partitionsByKeyAndSelectorOfTheApplication() {
		this.binder.context()
			.registerBean("keys", PartitionKeyExtractorStrategy.class,
					() -> (message) -> message.getHeaders().get("k"));
		this.binder.context()
			.registerBean("selector", PartitionSelectorStrategy.class, () -> (key, count) -> (Integer) key % count);
		QueueChannel[] inputs = consumePartitions("beans");
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setPartitionKeyExtractorName("keys");
		properties.setPartitionSelectorName("selector");
		properties.setPartitionCount(3);
		DirectChannel output = this.binder.produce(this.destination, properties);
		IntStream.range(0, 3)
			.forEach((number) -> output
				.send(MessageBuilder.fromMessage(text("p" + number)).setHeader("k", 3 + number).build()));
		IntStream.range(0, 3).forEach((number) -> assertThat(received(inputs[number])).isEqualTo("p" + number));
	}

	private QueueChannel[] consumePartitions(String group) {
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();
		properties.setConcurrency(2);
		properties.setInstanceCount(3);
		properties.setPartitioned(true);
		return IntStream.range(0, 3).mapToObj((index) -> {
			// The same properties each time, as upstream's cases have it
			properties.setInstanceIndex(index);
			QueueChannel input = new QueueChannel();
			this.binder.consume(this.destination, group, input, properties);
			return input;
		}).toArray(QueueChannel[]::new);
	}

	@Test
	void keepsPartitionsForRequiredGroups() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setPartitionKeyExpression(new SpelExpressionParser().parseExpression("payload"));
		properties.setPartitionSelectorExpression(new SpelExpressionParser().parseExpression("hashCode()"));
		properties.setPartitionCount(3);
		properties.setRequiredGroups("partitioned");
		DirectChannel output = this.binder.produce(this.destination, properties);
		QueueChannel whole = new QueueChannel();
		this.binder.consume(this.destination, "whole", whole);
		Stream.of("0", "1", "2").forEach((text) -> output.send(text(text)));
		QueueChannel[] inputs = consumePartitions("partitioned");
		IntStream.range(0, 3).forEach((number) -> assertThat(received(inputs[number])).isEqualTo("" + number));
		assertThat(Stream.of(received(whole), received(whole), received(whole))).containsExactlyInAnyOrder("0", "1",
				"2");
	}

	@Test
	void refusesPartitionsWithoutAGroup() {
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();
		properties.setPartitioned(true);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.binder.consume(this.destination, null, new QueueChannel(), properties))
			.withMessageContaining("group is required");
	}

}
