package io.ikigai.platform.listener;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the platform emits by itself about tasks.
 */
class TaskTelemetryIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.queues.retry.max-attempts=2");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static List<JsonNode> events(String type, String queue) {
		application.platform().telemetry().flush();
		return application.platform()
			.telemetry()
			.query(TelemetryQuery.all().withType(type).withLimit(10_000))
			.stream()
			.map(TelemetryEvent::json)
			.map(JsonMapper.shared()::readTree)
			.filter((event) -> event.get("queue").asString().equals(queue))
			.toList();
	}

	@Test
	void tellsCompletionsOfEveryKindOfHandler() {
		for (String queue : List.of("plain", "transaction", "transactional", "own")) {
			UUID id = application.enqueue(queue, "x");
			application.awaitCompleted(queue, id);
			List<JsonNode> events = await().until(() -> events("task_completed", queue), (found) -> !found.isEmpty());
			assertThat(events).singleElement().satisfies((event) -> {
				assertThat(event.get("id").asString()).isEqualTo(id.toString());
				assertThat(event.get("listener").asString()).isEqualTo(queue);
				assertThat(event.get("attempt").asInt()).isEqualTo(1);
				assertThat(event.get("count").asInt()).isEqualTo(1);
				assertThat(event.get("millis").asDouble()).isGreaterThanOrEqualTo(0.0);
			});
			assertThat(events("error", queue)).isEmpty();
		}
	}

	@Test
	void tellsEachFailedAttemptAndTheEnd() {
		for (String queue : List.of("failing", "failing-transaction")) {
			UUID id = application.enqueue(queue, "x");
			application.awaitFailed(queue, id);
			await().until(() -> events("task_failed", queue), (found) -> found.size() == 1);
			List<JsonNode> errors = events("error", queue);
			assertThat(errors).extracting((event) -> event.get("givenUp").asBoolean()).containsExactly(true, false);
			assertThat(errors).extracting((event) -> event.get("attempt").asInt()).containsExactly(2, 1);
			assertThat(errors).allSatisfy((event) -> {
				assertThat(event.get("id").asString()).isEqualTo(id.toString());
				assertThat(event.get("listener").asString()).isEqualTo(queue);
				assertThat(event.get("error").asString()).isEqualTo("java.lang.IllegalStateException: first line");
			});
			assertThat(events("task_completed", queue)).isEmpty();
		}
	}

	@Test
	void tellsWhatIsSettledByHand() {
		application.enqueue("by-hand", "x");
		application.platform().queue("by-hand").claim().orElseThrow().complete();
		assertThat(events("task_completed", "by-hand")).singleElement()
			.satisfies((event) -> assertThat(event.has("listener")).isFalse());
	}

	@Test
	void tellsNothingOfACompletionThatIsRolledBack() {
		application.enqueue("undone", "x");
		Task task = application.platform().queue("undone").claim().orElseThrow();
		try {
			application.platform().transaction(() -> {
				task.complete();
				throw new IllegalStateException("deliberate");
			});
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasMessage("deliberate");
		}
		assertThat(events("task_completed", "undone")).isEmpty();
		task.release();
		assertThat(events("error", "undone")).isEmpty();
	}

	@Test
	void tellsManyCompletionsTogether() {
		application.platform().queue("many").enqueueAll(IntStream.range(0, 1500).boxed().toList());
		await().until(() -> application.platform().queue("many").stats().completed() == 1500);
		List<JsonNode> events = await().until(() -> events("task_completed", "many"),
				(found) -> found.stream().mapToInt((event) -> event.get("count").asInt()).sum() == 1500);
		assertThat(events).hasSizeLessThan(1500);
		assertThat(events).filteredOn((event) -> event.get("count").asInt() > 1).isNotEmpty().allSatisfy((event) -> {
			double mean = event.get("millis").asDouble();
			assertThat(event.get("minMillis").asDouble()).isLessThanOrEqualTo(mean);
			assertThat(event.get("maxMillis").asDouble()).isGreaterThanOrEqualTo(mean);
			assertThat(event.get("totalMillis").asDouble()).isGreaterThanOrEqualTo(mean);
		});
	}

	@Test
	void tellsNothingIfSwitchedOff() {
		try (ListenerApplication silent = ListenerApplication.start(application.database(), Handlers.class,
				"ikigai.telemetry.tasks=false", "ikigai.agent.name=silent")) {
			silent.enqueue("silent", "x");
			silent.platform().queue("silent").claim().orElseThrow().complete();
		}
		assertThat(events("task_completed", "silent")).isEmpty();
	}

	static class Handlers {

		@IkigaiTaskListener(queue = "plain", id = "plain")
		void plain(String what) {
		}

		@IkigaiTaskListener(queue = "transaction", id = "transaction", claim = ClaimMode.TRANSACTION)
		void transaction(String what) {
		}

		@Transactional
		@IkigaiTaskListener(queue = "transactional", id = "transactional")
		public void transactional(String what) {
		}

		@IkigaiTaskListener(queue = "own", id = "own")
		void own(String what, Task task) {
			task.complete(() -> {
			});
		}

		@IkigaiTaskListener(queue = "failing", id = "failing")
		void failing(String what) {
			throw new IllegalStateException("first line\nsecond line");
		}

		@IkigaiTaskListener(queue = "failing-transaction", id = "failing-transaction", claim = ClaimMode.TRANSACTION)
		void failingTransaction(String what) {
			throw new IllegalStateException("first line\nsecond line");
		}

		@IkigaiTaskListener(queue = "many", id = "many", concurrency = "8", batch = "100")
		void many(List<Integer> numbers) {
		}

	}

}
