package io.ikigai.platform.stream;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.cloud.stream.binder.PollableMessageSource;
import org.springframework.cloud.stream.binding.BindingsLifecycleController;
import org.springframework.cloud.stream.function.StandardBatchUtils;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.support.ErrorMessage;
import org.springframework.messaging.support.MessageBuilder;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application with functions on the binder.
 */
class StreamApplicationIntegrationTests {

	private static StreamApplication application;

	@BeforeAll
	static void start() {
		application = StreamApplication.start(Functions.class,
				"spring.cloud.function.definition=upper;orders;batches;partitioned;handled;lettered",
				"spring.cloud.stream.pollable-source=polled", "management.endpoint.health.show-details=always",
				"spring.cloud.stream.ikigai.default.consumer.enable-dlq=true",
				"spring.cloud.stream.bindings.upper-in-0.destination=words",
				"spring.cloud.stream.bindings.upper-in-0.group=upper",
				"spring.cloud.stream.bindings.upper-out-0.destination=shouts",
				"spring.cloud.stream.ikigai.bindings.upper-out-0.producer.destination-type=queue",
				"spring.cloud.stream.bindings.orders-in-0.destination=shop-orders",
				"spring.cloud.stream.bindings.orders-in-0.group=shop",
				"spring.cloud.stream.ikigai.bindings.orders-in-0.consumer.transactional=true",
				"spring.cloud.stream.bindings.orders-in-0.consumer.back-off-initial-interval=20",
				"spring.cloud.stream.bindings.orders-out-0.destination=invoices",
				"spring.cloud.stream.bindings.orders-out-0.producer.required-groups=books",
				"spring.cloud.stream.bindings.batches-in-0.destination=readings",
				"spring.cloud.stream.bindings.batches-in-0.group=sums",
				"spring.cloud.stream.bindings.batches-in-0.consumer.auto-startup=false",
				"spring.cloud.stream.bindings.batches-in-0.consumer.batch-mode=true",
				"spring.cloud.stream.ikigai.bindings.batches-in-0.consumer.destination-type=queue",
				"spring.cloud.stream.ikigai.bindings.batches-in-0.consumer.batch-size=5",
				"spring.cloud.stream.ikigai.bindings.readings.producer.destination-type=queue",
				"spring.cloud.stream.bindings.partitioned-in-0.destination=parts",
				"spring.cloud.stream.bindings.partitioned-in-0.group=group",
				"spring.cloud.stream.bindings.partitioned-in-0.consumer.partitioned=true",
				"spring.cloud.stream.bindings.partitioned-in-0.consumer.instance-index-list=0,2",
				"spring.cloud.stream.bindings.parts-out.destination=parts",
				"spring.cloud.stream.bindings.parts-out.producer.partition-key-expression=headers['part']",
				"spring.cloud.stream.bindings.parts-out.producer.partition-count=3",
				"spring.cloud.stream.bindings.handled-in-0.destination=to-handle",
				"spring.cloud.stream.bindings.handled-in-0.group=group",
				"spring.cloud.stream.bindings.handled-in-0.consumer.max-attempts=1",
				"spring.cloud.stream.bindings.handled-in-0.error-handler-definition=errors",
				"spring.cloud.stream.bindings.lettered-in-0.destination=to-letter",
				"spring.cloud.stream.bindings.lettered-in-0.group=group",
				"spring.cloud.stream.bindings.lettered-in-0.consumer.max-attempts=1",
				"spring.cloud.stream.ikigai.bindings.lettered-in-0.consumer.dlq-name=letters",
				"spring.cloud.stream.bindings.polled-in-0.destination=polls",
				"spring.cloud.stream.bindings.polled-in-0.group=group",
				"spring.cloud.stream.bindings.to-agent.destination=agent-tasks",
				"spring.cloud.stream.ikigai.bindings.to-agent.producer.destination-type=queue");
		application.bean(JdbcTemplate.class).execute("CREATE TABLE orders (item TEXT)");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static Platform platform() {
		return application.platform();
	}

	private static StreamBridge bridge() {
		return application.bean(StreamBridge.class);
	}

	private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
		return Waits.next("the next message", queue);
	}

	private static TaskInfo awaitOnly(String queue, TaskState state) {
		return await().until(() -> platform().queue(queue).list(state, 10), (tasks) -> tasks.size() == 1).get(0);
	}

	@Test
	void runsAFunctionFromTheBridgeToAQueue() {
		assertThat(bridge().send("words", "hello")).isTrue();
		assertThat(platform().queue("shouts").claim(Waits.LIMIT).orElseThrow().json()).contains("HELLO");
	}

	@Test
	void sendsInTheTransactionOfTheCaller() {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> platform().transaction(() -> {
			bridge().send("invoices", "undone");
			assertThat(platform().queue("invoices.books").list(TaskState.READY, 10)).hasSize(1);
			throw new UnsupportedOperationException("rolls back");
		}));
		assertThat(platform().queue("invoices.books").list(TaskState.READY, 10)).isEmpty();
	}

	@Test
	void handlesAnOrderInOneTransaction() {
		JdbcTemplate jdbc = application.bean(JdbcTemplate.class);
		bridge().send("shop-orders", new Order("tea", 2));
		TaskInfo done = awaitOnly("shop-orders.shop", TaskState.COMPLETED);
		assertThat(done.attempt()).isEqualTo(2);
		assertThat(jdbc.queryForList("SELECT item FROM orders", String.class)).containsExactly("tea");
		assertThat(platform().queue("invoices.books").claim(Waits.LIMIT)).hasValueSatisfying((invoice) -> {
			assertThat(invoice.payload(Order.class)).isEqualTo(new Order("invoice of tea", 2));
			invoice.complete();
		});
		assertThat(platform().queue("invoices.books").claim()).isEmpty();
	}

	@Test
	void handlesBatches() throws Exception {
		IntStream.range(0, 7)
			.forEach((number) -> bridge().send("readings",
					MessageBuilder.withPayload(new Reading(number)).setHeader("number", number).build()));
		application.bean(BindingsLifecycleController.class).start("batches-in-0");
		Functions functions = application.bean(Functions.class);
		Message<List<Reading>> first = take(functions.batches);
		Message<List<Reading>> second = take(functions.batches);
		assertThat(first.getPayload()).extracting(Reading::value).containsExactly(0, 1, 2, 3, 4);
		assertThat(second.getPayload()).containsExactly(new Reading(5), new Reading(6));
		assertThat(first.getHeaders().get(BinderHeaders.BATCH_HEADERS, List.class)).hasSize(5);
		@SuppressWarnings("unchecked")
		Message<List<Object>> raw = (Message<List<Object>>) (Message<?>) second;
		assertThat(StandardBatchUtils.getMessageByIndex(raw, 1).getValue()).containsEntry("number", 6);
		await().until(() -> platform().queue("readings").stats().completed() == 7);
	}

	@Test
	void takesThePartitionsOfItsInstances() throws Exception {
		IntStream.range(0, 3)
			.forEach((part) -> bridge().send("parts-out",
					MessageBuilder.withPayload("part " + part).setHeader("part", part).build()));
		Functions functions = application.bean(Functions.class);
		assertThat(List.of(take(functions.parts), take(functions.parts))).containsExactlyInAnyOrder("part 0", "part 2");
		assertThat(platform().queue("parts-1.group").stats().ready()).isEqualTo(1);
	}

	@Test
	void hasAFunctionHandleErrors() throws Exception {
		bridge().send("to-handle", "x");
		assertThat(take(application.bean(Functions.class).errors).getPayload()).hasRootCauseMessage("broken");
		awaitOnly("to-handle.group", TaskState.COMPLETED);
	}

	@Test
	void takesDefaultsWhereABindingSaysNothing() {
		bridge().send("to-letter", "x");
		assertThat(platform().queue("letters").claim(Waits.LIMIT).orElseThrow().headers())
			.containsEntry(DeadLetterQueue.EXCEPTION_MESSAGE, "broken");
	}

	@Test
	void pollsWhenTheApplicationLikes() {
		PollableMessageSource source = application.bean(PollableMessageSource.class);
		bridge().send("polls", new Reading(3));
		await().until(() -> source.poll((message) -> assertThat(message.getPayload()).isEqualTo(new Reading(3)),
				ParameterizedTypeReference.forType(Reading.class)));
	}

	@Test
	void worksTogetherWithListenersOfThePlatform() {
		bridge().send("to-agent", new Reading(21));
		assertThat(awaitOnly("agent-tasks", TaskState.COMPLETED).result()).isEqualTo("\"42\"");
		// What the listener sent on went through a function
		assertThat(await().until(() -> platform().queue("words.upper").list(TaskState.COMPLETED, 10),
				(tasks) -> tasks.stream().anyMatch((task) -> task.json().equals("\"42\""))))
			.isNotEmpty();
	}

	@Test
	void isAmongTheListenersAndTheHealthOfTheApplication() {
		assertThat(application.bean(ListenerRegistry.class).find("upper-in-0:words.upper"))
			.hasValueSatisfying((listener) -> assertThat(listener.isRunning()).isTrue());
		assertThat(application.bean(BindingsLifecycleController.class).queryState("orders-in-0")).singleElement()
			.satisfies((binding) -> assertThat(binding.getExtendedInfo().toString()).contains("transactional=true"));
		assertThat(application.bean(HealthEndpoint.class).healthForPath("binders", "ikigai").getStatus())
			.isEqualTo(Status.UP);
	}

	record Order(String item, int count) {
	}

	record Reading(int value) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		final BlockingQueue<Message<List<Reading>>> batches = new LinkedBlockingQueue<>();

		final BlockingQueue<String> parts = new LinkedBlockingQueue<>();

		final BlockingQueue<ErrorMessage> errors = new LinkedBlockingQueue<>();

		@Bean
		Function<String, String> upper() {
			return (text) -> text.toUpperCase(Locale.ROOT);
		}

		@Bean
		Function<Message<Order>, Order> orders(JdbcTemplate jdbc, StreamBridge bridge) {
			return (message) -> {
				Order order = message.getPayload();
				jdbc.update("INSERT INTO orders VALUES (?)", order.item());
				if (Integer.valueOf(1).equals(message.getHeaders().get(Inbound.ATTEMPT))) {
					bridge.send("invoices", "undone with the attempt");
					throw new IllegalStateException("the first attempt fails");
				}
				return new Order("invoice of " + order.item(), order.count());
			};
		}

		@Bean
		Consumer<Message<List<Reading>>> batches() {
			return this.batches::add;
		}

		@Bean
		Consumer<String> partitioned() {
			return this.parts::add;
		}

		@Bean
		Consumer<String> handled() {
			return (text) -> {
				throw new IllegalStateException("broken");
			};
		}

		@Bean
		Consumer<String> lettered() {
			return handled();
		}

		@Bean
		Consumer<ErrorMessage> errors() {
			return this.errors::add;
		}

		@IkigaiTaskListener("agent-tasks")
		@SendTo("queue:words.upper")
		String agent(Reading reading) {
			return String.valueOf(2 * reading.value());
		}

	}

}
