package io.ikigai.platform.listener;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.PubSubStatus;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Positive;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code @TopicListener} methods at work.
 */
class TopicListenerIntegrationTests {

	@Test
	void getMessagesOfTheirTopicsInOrder() {
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			PubSub pubsub = application.bean(PubSub.class);
			Handlers handlers = application.bean(Handlers.class);
			for (int i = 0; i < 20; i++) {
				pubsub.publish((i % 2 == 0) ? "even" : "odd", new Price("p" + i, i + 1));
			}
			await().until(() -> handlers.prices.size() == 20);
			assertThat(handlers.prices).first().isEqualTo("even p0 1");
			assertThat(handlers.prices).last().isEqualTo("odd p19 20");
			assertThat(handlers.prices.stream().map((price) -> Integer.parseInt(price.split(" ")[2]))).isSorted();
			pubsub.publish("message", List.of("x"));
			await().until(() -> handlers.messages.size() == 1);
			Message<List<String>> message = handlers.messages.get(0);
			assertThat(message.getPayload()).containsExactly("x");
			assertThat(message.getHeaders()).containsEntry("topic", "message").containsKeys("createdAt", "id");
			assertThat(handlers.headers).containsEntry("topic", "message");
		}
	}

	@Test
	void goOnAfterFailuresWhichAreToldAndCounted() {
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			PubSub pubsub = application.bean(PubSub.class);
			Handlers handlers = application.bean(Handlers.class);
			pubsub.publish("even", new Price("throw", 1));
			pubsub.publish("even", new Price("not valid", -1));
			pubsub.publish("even", "no price");
			pubsub.publish("even", new Price("fine", 2));
			await().untilAsserted(() -> assertThat(handlers.prices).containsExactly("even fine 2"));
			PubSubStatus status = application.bean(PubSubStatus.class);
			await().until(() -> status.handled() == 1);
			assertThat(status.failed()).isEqualTo(3);
			assertThat(status.missed()).isZero();
			application.platform().telemetry().flush();
			assertThat(application.platform().telemetry().query(TelemetryQuery.all().withType("error")))
				.extracting(TelemetryEvent::json)
				.hasSize(3)
				.allMatch((json) -> json.contains("even"))
				.anyMatch((json) -> json.contains("deliberate"))
				.anyMatch((json) -> json.contains("not valid: amount must be greater than 0"));
		}
	}

	@Test
	void keepTheProcessAliveWhileTheApplicationRuns() {
		assertThat(livingTimers()).isZero();
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			assertThat(application.listener("slow").isRunning()).isTrue();
			assertThat(livingTimers()).isEqualTo(1);
		}
		await().until(() -> livingTimers() == 0);
	}

	private static long livingTimers() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !thread.isDaemon() && thread.getName().startsWith("ikigai-listener-timer"))
			.count();
	}

	@Test
	void startAndStopByHand() {
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			PubSub pubsub = application.bean(PubSub.class);
			Handlers handlers = application.bean(Handlers.class);
			ListenerContainer container = application.listener("by-hand");
			assertThat(container.isRunning()).isFalse();
			pubsub.publish("hand", 1);
			container.start();
			container.start();
			assertThat(container.isRunning()).isTrue();
			pubsub.publish("hand", 2);
			await().untilAsserted(() -> assertThat(handlers.numbers).containsExactly(2));
			container.stop();
			assertThat(container.isRunning()).isFalse();
			pubsub.publish("hand", 3);
			container.start();
			pubsub.publish("hand", 4);
			await().untilAsserted(() -> assertThat(handlers.numbers).containsExactly(2, 4));
			assertThat(application.platform().agents().self().manifest()).contains("\"topics\":")
				.contains("\"hand\"")
				.contains("by-hand");
		}
	}

	@Test
	void letAHandlerFinishWhenTheApplicationStops() {
		ListenerApplication application = ListenerApplication.start(Handlers.class);
		Handlers handlers = application.bean(Handlers.class);
		application.bean(PubSub.class).publish("slow", 1);
		application.bean(PubSub.class).publish("slow", 2);
		await().until(() -> handlers.began.getCount() == 0);
		assertThat(application.listener("slow").active()).isEqualTo(1);
		CompletableFuture<Void> closing = CompletableFuture.runAsync(application::close);
		await().until(() -> !application.listener("slow").isRunning());
		handlers.finish.countDown();
		closing.join();
		assertThat(handlers.numbers).containsExactly(1);
	}

	@Test
	void interruptAHandlerThatDoesNotFinish() {
		ListenerApplication application = ListenerApplication.start(Handlers.class,
				"spring.lifecycle.timeout-per-shutdown-phase=1s");
		Handlers handlers = application.bean(Handlers.class);
		application.bean(PubSub.class).publish("slow", 1);
		await().until(() -> handlers.began.getCount() == 0);
		application.close();
		await().until(() -> handlers.interrupted.getCount() == 0);
		assertThat(handlers.numbers).isEmpty();
	}

	/**
	 * A message as applications have them.
	 *
	 * @param name a name
	 * @param amount an amount
	 */
	record Price(String name, @Positive int amount) {
	}

	static class Handlers {

		private final List<String> prices = new CopyOnWriteArrayList<>();

		private final List<Message<List<String>>> messages = new CopyOnWriteArrayList<>();

		private final List<Integer> numbers = new CopyOnWriteArrayList<>();

		private final CountDownLatch began = new CountDownLatch(1);

		private final CountDownLatch finish = new CountDownLatch(1);

		private final CountDownLatch interrupted = new CountDownLatch(1);

		private volatile Map<String, Object> headers = Map.of();

		@Autowired
		Handlers(PubSub pubsub) {
			assertThat(pubsub).isNotNull();
		}

		@TopicListener(topics = { "even", "odd" })
		void price(@Valid @Payload Price price, @Header("topic") String topic) {
			if (price.name().equals("throw")) {
				throw new IllegalStateException("deliberate");
			}
			this.prices.add(topic + " " + price.name() + " " + price.amount());
		}

		@TopicListener(topics = "message")
		void message(Message<List<String>> message, @Headers Map<String, Object> headers) {
			this.headers = headers;
			this.messages.add(message);
		}

		@TopicListener(topics = "hand", id = "by-hand", autoStartup = "false")
		void number(int number) {
			this.numbers.add(number);
		}

		@TopicListener(topics = "slow", id = "slow")
		void slow(int number) {
			this.began.countDown();
			try {
				this.finish.await();
				this.numbers.add(number);
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
			}
		}

	}

}
