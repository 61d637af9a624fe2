package io.ikigai.platform.listener;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskErrorHandler;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.testing.Waits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler gets, and what becomes of its task.
 */
class HandlingIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "names.orders=orders");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void keepsWhatTheHandlerReturnsAsTheResult() {
		UUID id = application.enqueue("orders", new Order("book", 2));
		assertThat(application.awaitCompleted("orders", id).result()).contains("book x 2");
	}

	@Test
	void completesWithoutResultWhenTheHandlerReturnsNothing() throws Exception {
		UUID id = application.platform()
			.queue("headers")
			.enqueue(List.of(new Order("pen", 1)), TaskOptions.of().withPriority(7).withHeader("tenant", "blue"));
		assertThat(application.awaitCompleted("headers", id).result()).isNull();
		Object[] seen = next();
		assertThat(seen).containsExactly(id, 7, 1, "headers", "blue", id.toString(), List.of(new Order("pen", 1)), id);
	}

	@Test
	void tellsTheTimesOfATask() throws Exception {
		UUID id = application.enqueue("times", "x");
		TaskInfo task = application.awaitCompleted("times", id);
		assertThat(next()).containsExactly(task.createdAt(), task.scheduledFor(), Map.of());
	}

	@Test
	void handsAStringTheTextOfAJsonStringAndTheJsonOfAnythingElse() throws Exception {
		application.awaitCompleted("text", application.enqueue("text", "plain \"text\""));
		assertThat(next()).containsExactly("plain \"text\"");
		application.awaitCompleted("text", application.enqueue("text", List.of(1, 2)));
		assertThat((String) next()[0]).isEqualToIgnoringWhitespace("[1,2]");
	}

	@Test
	void triesAgainAfterAPauseUntilTheAttemptsAreUsedUp() {
		UUID id = application.enqueue("failing", "x");
		TaskInfo task = application.awaitFailed("failing", id);
		assertThat(task.attempt()).isEqualTo(3);
		assertThat(task.error()).contains("IllegalStateException").contains("attempt 3");
		List<Instant> calls = Handlers.failingCalls;
		assertThat(calls).hasSize(3);
		assertThat(calls.get(1)).isAfter(calls.get(0).plusMillis(95));
		assertThat(calls.get(2)).isAfter(calls.get(1).plusMillis(195));
	}

	@Test
	void failsAPayloadThatDoesNotFitAtOnceAndGoesOn() {
		UUID bad = application.enqueue("orders", Map.of("item", "book", "count", "many"));
		UUID good = application.enqueue("orders", new Order("good", 1));
		application.awaitCompleted("orders", good);
		TaskInfo task = application.awaitFailed("orders", bad);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.error()).contains("PayloadException").contains("count");
	}

	@Test
	void failsAPayloadThatIsNotValidAtOnce() {
		UUID id = application.enqueue("orders", new Order("  ", 1));
		TaskInfo task = application.awaitFailed("orders", id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.error()).contains("item").contains("must not be blank");
	}

	@Test
	void failsATaskWhoseResultCannotBeWritten() {
		UUID id = application.enqueue("unwritable", "x");
		TaskInfo task = application.awaitFailed("unwritable", id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.error()).contains("result");
	}

	@Test
	void leavesATaskAloneThatTheHandlerSettledItself() {
		UUID id = application.enqueue("settling", "x");
		TaskInfo task = application.awaitFailed("settling", id);
		assertThat(task.error()).contains("not today");
	}

	@Test
	void asksTheErrorHandlerWhichMaySettleTheTask() {
		UUID settled = application.enqueue("guarded", "settle");
		assertThat(application.awaitCompleted("guarded", settled).result()).contains("settled after boom settle");
		UUID replaced = application.enqueue("guarded", "replace");
		TaskInfo task = application.awaitFailed("guarded", replaced);
		assertThat(task.error()).contains("replaced");
		assertThat(task.attempt()).isEqualTo(2);
	}

	@Test
	void handlesThrowablesThatAreNoExceptions() {
		UUID id = application.enqueue("errors", "x");
		assertThat(application.awaitFailed("errors", id).error()).contains("AssertionError").contains("broken");
	}

	private static Object[] next() throws InterruptedException {
		return Waits.next("the arguments of the next call", Handlers.seen);
	}

	record Order(@NotBlank String item, int count) {
	}

	static class Handlers {

		static final BlockingQueue<Object[]> seen = new LinkedBlockingQueue<>();

		static final List<Instant> failingCalls = new java.util.concurrent.CopyOnWriteArrayList<>();

		private final AtomicInteger errors = new AtomicInteger();

		@IkigaiTaskListener("${names.orders}")
		String order(@Valid Order order) {
			return order.item() + " x " + order.count();
		}

		@IkigaiTaskListener(queue = "headers")
		void headers(@Header("id") UUID id, @Header int priority, @Header int attempt, @Header String queue,
				@Header String tenant, @Header("id") String text, Message<List<Order>> message, Task task) {
			seen.add(new Object[] { id, priority, attempt, queue, tenant, text, message.getPayload(), task.id() });
		}

		@IkigaiTaskListener(queue = "times")
		void times(@Header Instant createdAt, @Headers Map<String, Object> headers, Task task) {
			seen.add(new Object[] { createdAt, headers.get("scheduledFor"), task.headers() });
		}

		@IkigaiTaskListener(queue = "text")
		void text(String text) {
			seen.add(new Object[] { text });
		}

		@IkigaiTaskListener(queue = "failing", maxAttempts = "3", delay = "100ms", multiplier = "2")
		void failing(Task task) {
			failingCalls.add(Instant.now());
			throw new IllegalStateException("attempt " + task.attempt());
		}

		@IkigaiTaskListener(queue = "unwritable")
		Object unwritable(String payload) {
			return new Object() {
				@SuppressWarnings("unused")
				public String getText() {
					throw new IllegalStateException("no text");
				}
			};
		}

		@IkigaiTaskListener(queue = "settling")
		String settling(Task task) {
			task.fail("not today");
			return "ignored";
		}

		@IkigaiTaskListener(queue = "guarded", maxAttempts = "2", errorHandler = "guard")
		void guarded(String payload) throws Exception {
			throw new Exception("boom " + payload);
		}

		@IkigaiTaskListener(queue = "errors", maxAttempts = "2", delay = "1")
		void errors(String payload) {
			this.errors.incrementAndGet();
			throw new AssertionError("broken");
		}

		@Bean
		TaskErrorHandler guard() {
			return (task, error) -> {
				if (task.json().contains("replace")) {
					throw new IllegalArgumentException("replaced", error);
				}
				task.complete("settled after " + error.getMessage());
			};
		}

	}

}
