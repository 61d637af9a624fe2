package io.ikigai.platform.stream;

import java.time.Duration;
import java.util.UUID;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;

import static io.ikigai.platform.stream.BinderCasesIntegrationTests.received;
import static io.ikigai.platform.stream.BinderCasesIntegrationTests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The same with queues, mailboxes and topics on Redis: the binder does not notice.
 */
class RedisStreamIntegrationTests {

	private static StreamApplication application;

	private TestBinder binder;

	private final String destination = "dest." + UUID.randomUUID();

	@BeforeAll
	static void start() {
		application = StreamApplication.start(StreamApplication.NoBeans.class, "ikigai.services.queues=redis",
				"ikigai.services.mailboxes=redis", "ikigai.services.pubsub=redis",
				"ikigai.redis.url=" + RedisServer.shared().url());
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

	@Test
	void reachesGroupsAndWhoHasNone() {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = TestBinder.producing();
		properties.setRequiredGroups("early");
		DirectChannel output = this.binder.produce(this.destination, properties);
		QueueChannel anonymous = new QueueChannel();
		this.binder.consume(this.destination, null, anonymous);
		output.send(text("x"));
		assertThat(received(anonymous)).isEqualTo("x");
		QueueChannel early = new QueueChannel();
		this.binder.consume(this.destination, "early", early);
		assertThat(received(early)).isEqualTo("x");
	}

	@Test
	void sendsNothingFromATransactionThatRollsBack() {
		QueueChannel group = new QueueChannel();
		QueueChannel anonymous = new QueueChannel();
		this.binder.consume(this.destination, "group", group);
		this.binder.consume(this.destination, null, anonymous);
		DirectChannel output = this.binder.produce(this.destination);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> application.platform().transaction(() -> {
				output.send(text("undone"));
				throw new UnsupportedOperationException("rolls back");
			}));
		application.platform().transaction(() -> output.send(text("done")));
		assertThat(received(group)).isEqualTo("done");
		assertThat(received(anonymous)).isEqualTo("done");
	}

	@Test
	void sendsDeadLetters() {
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();
		properties.setMaxAttempts(2);
		properties.getExtension().setEnableDlq(true);
		DirectChannel input = this.binder.input(properties);
		input.subscribe((message) -> {
			throw new IllegalStateException("broken");
		});
		this.binder.consume(this.destination, "group", input, properties);
		this.binder.produce(this.destination).send(text("x"));
		Task letter = application.platform()
			.queue(this.destination + ".group.dlq")
			.claim(Duration.ofSeconds(20))
			.orElseThrow();
		assertThat(letter.json()).isEqualTo("\"x\"");
		letter.complete();
	}

	@Test
	void keepsTheOrderOfAMailbox() {
		DirectChannel output = this.binder.produce(this.destination, TestBinder.producing(DestinationType.MAILBOX));
		QueueChannel input = new QueueChannel();
		this.binder.consume(this.destination, null, input, TestBinder.consuming(DestinationType.MAILBOX));
		for (int i = 0; i < 20; i++) {
			output.send(text("" + i));
		}
		for (int i = 0; i < 20; i++) {
			assertThat(received(input)).isEqualTo("" + i);
		}
	}

}
