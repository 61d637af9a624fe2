package io.ikigai.platform.listener;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.QueueStats;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.Bean;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many handlers run at the same time, and in which threads.
 */
class ConcurrencyIntegrationTests {

	@Test
	void reachesTheConcurrencyAndDoesNotPassIt() {
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			List<UUID> ids = application.platform()
				.queue("parallel")
				.enqueueAll(IntStream.range(0, 40).boxed().toList());
			ids.forEach((id) -> application.awaitCompleted("parallel", id));
			assertThat(Handlers.most).hasValue(4);
			assertThat(Handlers.threads).allMatch((name) -> name.matches("parallel-\\d+"));
			assertThat(application.listener("parallel").concurrency()).hasToString("4");
		}
	}

	@Test
	void drainsAQueueOfManyShortTasksWithoutPolling() {
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			application.platform().queue("short").enqueueAll(IntStream.range(0, 2000).boxed().toList());
			await().until(() -> application.platform().queue("short").stats(),
					(QueueStats stats) -> stats.completed() == 2000);
			assertThat(Handlers.handled).hasSize(2000);
		}
	}

	@Test
	void keepsNoThreadsForIdleListeners() {
		try (ListenerApplication application = ListenerApplication.start(Idle.class)) {
			assertThat(application.bean(ListenerRegistry.class).containers()).hasSize(300)
				.allMatch(ListenerContainer::isRunning);
			UUID id = application.enqueue("idle", "x");
			application.awaitCompleted("idle", id);
			await().until(() -> listenerThreads().stream().noneMatch((name) -> name.startsWith("idle-")));
			assertThat(listenerThreads()).hasSizeLessThanOrEqualTo(5);
		}
		await().until(() -> listenerThreads().isEmpty());
	}

	private static Set<String> listenerThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("idle-") || name.startsWith("ikigai-listener"))
			.collect(Collectors.toSet());
	}

	@Test
	void usesVirtualThreadsWhereTheApplicationHasThem() {
		boolean available = Runtime.version().feature() >= 21;
		try (ListenerApplication application = ListenerApplication.start(Handlers.class,
				"spring.threads.virtual.enabled=true")) {
			UUID id = application.enqueue("threads", "x");
			assertThat(application.awaitCompleted("threads", id).result()).isEqualTo("\"virtual " + available + "\"");
		}
	}

	static class Handlers {

		static final AtomicInteger most = new AtomicInteger();

		static final Set<String> threads = ConcurrentHashMap.newKeySet();

		static final Set<Integer> handled = ConcurrentHashMap.newKeySet();

		private final AtomicInteger running = new AtomicInteger();

		private final CyclicBarrier four = new CyclicBarrier(4);

		@IkigaiTaskListener(queue = "parallel", id = "parallel", concurrency = "4")
		void parallel(int number) throws Exception {
			most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			threads.add(Thread.currentThread().getName());
			this.four.await();
			this.running.decrementAndGet();
		}

		@IkigaiTaskListener(queue = "short", concurrency = "1-3")
		void handleShort(int number) {
			handled.add(number);
		}

		@IkigaiTaskListener(queue = "threads")
		String threads(String payload) throws Exception {
			boolean virtual = Runtime.version().feature() >= 21
					&& (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
			return "virtual " + virtual;
		}

	}

	static class Idle {

		@Bean
		static BeanDefinitionRegistryPostProcessor idleListeners() {
			return (BeanDefinitionRegistry registry) -> IntStream.range(0, 300).forEach((number) -> {
				registry.registerBeanDefinition("idle-" + number, new RootBeanDefinition(IdleListener.class));
			});
		}

	}

	static class IdleListener {

		@IkigaiTaskListener("idle")
		void handle(String payload) {
		}

	}

}
