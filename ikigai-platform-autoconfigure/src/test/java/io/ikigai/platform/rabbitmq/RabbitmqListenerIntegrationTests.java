package io.ikigai.platform.rabbitmq;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners of queues on RabbitMQ: nothing is tracked, and they do not poll.
 */
class RabbitmqListenerIntegrationTests {

	/** The queues of another run are on the broker still. */
	private static final String RUN = UUID.randomUUID().toString();

	private static RabbitmqApplication application;

	private static Handlers handlers;

	@BeforeAll
	static void start() {
		application = RabbitmqApplication.start(Application.class, PostgresServer.shared().freshDatabase(),
				"ikigai.rabbitmq.url=" + RabbitmqServer.shared().url(), "run=" + RUN, "ikigai.queues.retry.delay=100ms",
				"ikigai.queues.retry.jitter=0");
		handlers = application.bean(Handlers.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private Platform platform() {
		return application.platform();
	}

	@Test
	void handlesEachTaskOnce() {
		for (int i = 0; i < 20; i++) {
			platform().queue("many-" + RUN).enqueue(i);
		}
		platform().queue("many-" + RUN).enqueueAll(IntStream.range(20, 1000).boxed().toList());
		await().until(() -> handlers.many.size() == 1000);
		await().until(() -> platform().queue("many-" + RUN).stats(), new QueueStats(0, 0, 0, 0, 0, null)::equals);
		assertThat(handlers.many.values()).allSatisfy((times) -> assertThat(times).hasValue(1));
	}

	@Test
	void triesAgainAndGivesUp() {
		platform().queue("failing-" + RUN).enqueueAll(List.of(1, 3, 100));
		await().until(() -> platform().queue("failing-" + RUN).stats().failed() == 1);
		assertThat(handlers.attempts.get(1)).hasValue(1);
		assertThat(handlers.attempts.get(3)).hasValue(3);
		assertThat(handlers.attempts.get(100)).hasValue(5);
	}

	@Test
	void settlesWithTheTransaction() {
		platform().queue("transactional-" + RUN).enqueueAll(IntStream.range(0, 50).boxed().toList());
		await().until(() -> handlers.passedOn.size() == 50);
		await().until(() -> platform().queue("transactional-" + RUN).stats(),
				new QueueStats(0, 0, 0, 0, 0, null)::equals);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Handlers handlers(Platform platform) {
			return new Handlers(platform);
		}

	}

	static class Handlers {

		private final Platform platform;

		private final Map<Integer, AtomicInteger> many = new ConcurrentHashMap<>();

		private final Map<Integer, AtomicInteger> attempts = new ConcurrentHashMap<>();

		private final Set<Integer> passedOn = ConcurrentHashMap.newKeySet();

		Handlers(Platform platform) {
			this.platform = platform;
		}

		@IkigaiTaskListener(queue = "many-${run}", concurrency = "4")
		int handle(Integer number) {
			this.many.computeIfAbsent(number, (key) -> new AtomicInteger()).incrementAndGet();
			return number;
		}

		@IkigaiTaskListener(queue = "failing-${run}", concurrency = "2")
		void fail(Integer number, Task task) {
			this.attempts.computeIfAbsent(number, (key) -> new AtomicInteger()).incrementAndGet();
			if (task.attempt() < number) {
				throw new IllegalStateException("deliberate");
			}
		}

		@IkigaiTaskListener(queue = "transactional-${run}", claim = ClaimMode.TRANSACTION, concurrency = "2")
		void passOn(Integer number) {
			this.platform.queue("passed-on-" + RUN).enqueue(number);
		}

		@IkigaiTaskListener("passed-on-${run}")
		void take(Integer number) {
			this.passedOn.add(number);
		}

	}

}
