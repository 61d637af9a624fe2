package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * What a worker does with a claim.
 */
public abstract class TaskClaimContractTests extends TaskContract {

	private static final Map<String, Consumer<Task>> SETTLING = Map.of("complete", Task::complete, "complete(result)",
			(task) -> task.complete("late"), "complete(Runnable)", (task) -> task.complete(() -> {
			}), "complete(Supplier)", (task) -> task.complete(() -> "late"), "fail(String)",
			(task) -> task.fail("late"), "fail(Throwable)", (task) -> task.fail(new Deliberate()), "retry",
			(task) -> task.retry(Duration.ZERO, "late"), "release", Task::release);

	private static final Map<String, Consumer<Task>> REPORTING = Map.of("extend",
			(task) -> task.extend(Duration.ofMinutes(1)), "progress", (task) -> task.progress(0.5, "late"));

	@Test
	void completes() {
		Task task = claimed("x");
		task.complete();
		TaskInfo info = info(task.id());
		assertThat(info.state()).isEqualTo(TaskState.COMPLETED);
		assertThat(info.completedAt()).isAfterOrEqualTo(task.claimedAt());
		assertThat(info.claimedBy()).isEqualTo(task.claimedBy());
		assertThat(info.claimedAt()).isEqualTo(task.claimedAt());
		assertThat(info.leaseExpiresAt()).isNull();
		assertThat(info.failedAt()).isNull();
		assertThat(info.error()).isNull();
		assertThat(info.result()).isNull();
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void completesWithAResult() {
		Task task = claimed("x");
		task.complete(Map.of("status", 200));
		assertThat(info(task.id()).result()).isEqualToIgnoringWhitespace("{\"status\":200}");
		Task without = claimed("y");
		without.complete((Object) null);
		assertThat(info(without.id()).result()).isNull();
		assertThat(state(without.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void completesWithWrites() {
		Task task = claimed("x");
		AtomicReference<UUID> written = new AtomicReference<>();
		task.complete(() -> written.set(queue().enqueue("written")));
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
		assertThat(info(task.id()).result()).isNull();
		assertThat(state(written.get())).isEqualTo(TaskState.READY);
	}

	@Test
	void completesWithWhatTheWritesReturn() {
		Task task = claimed("x");
		List<Integer> result = task.complete(() -> List.of(1, 2));
		assertThat(result).containsExactly(1, 2);
		assertThat(info(task.id()).result()).isEqualToIgnoringWhitespace("[1,2]");
		Task without = claimed("y");
		Object nothing = without.complete(() -> null);
		assertThat(nothing).isNull();
		assertThat(info(without.id()).result()).isNull();
	}

	@Test
	void keepsTheClaimWhenTheWritesFail() {
		Task task = claimed("x");
		AtomicReference<UUID> written = new AtomicReference<>();
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> task.complete((Runnable) () -> {
			written.set(queue().enqueue("written"));
			throw new Deliberate();
		}));
		assertThat(queue().find(written.get())).isEmpty();
		assertThat(state(task.id())).isEqualTo(TaskState.CLAIMED);
		task.extend(Duration.ofMinutes(1));
		task.complete();
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void keepsTheClaimWhenTheResultCannotBeTaken() {
		Task task = claimed("x");
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> task.complete("a\u0000b"));
		AtomicReference<UUID> written = new AtomicReference<>();
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> task.complete(() -> {
			written.set(queue().enqueue("written"));
			return "\uD800";
		}));
		assertThat(queue().find(written.get())).isEmpty();
		task.complete("good");
		assertThat(info(task.id()).result()).isEqualTo("\"good\"");
	}

	@Test
	void failsWithAMessage() {
		Task task = claimed("x");
		task.fail("no \u0000 such \uD800 host, 漢字");
		TaskInfo info = info(task.id());
		assertThat(info.state()).isEqualTo(TaskState.FAILED);
		assertThat(info.failedAt()).isAfterOrEqualTo(task.claimedAt());
		assertThat(info.completedAt()).isNull();
		assertThat(info.claimedBy()).isEqualTo(task.claimedBy());
		assertThat(info.error()).startsWith("no ").endsWith("host, 漢字").doesNotContain("\u0000");
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void failsWithAnException() {
		Task task = claimed("x");
		task.fail(new IllegalStateException("outer", new Deliberate()));
		assertThat(info(task.id()).error()).contains("IllegalStateException: outer", "Deliberate: deliberate");
		Task verbose = claimed("y");
		verbose.fail("e".repeat(1_000_000));
		assertThat(info(verbose.id()).error()).hasSizeBetween(1_000, 100_000);
	}

	@Test
	void retries() {
		Task task = claimed("x");
		task.retry(Duration.ZERO, "first");
		TaskInfo info = info(task.id());
		assertThat(info.state()).isEqualTo(TaskState.READY);
		assertThat(info.error()).isEqualTo("first");
		assertThat(info.attempt()).isEqualTo(1);
		assertThat(new Object[] { info.claimedBy(), info.claimedAt(), info.leaseExpiresAt(), info.failedAt() })
			.containsOnlyNulls();
		Task second = queue().claim().orElseThrow();
		assertThat(second.attempt()).isEqualTo(2);
		second.retry(Duration.ofHours(1), "second");
		assertThat(info(task.id()).state()).isEqualTo(TaskState.SCHEDULED);
		assertThat(info(task.id()).scheduledFor()).isCloseTo(second.claimedAt().plus(Duration.ofHours(1)),
				within(Waits.LIMIT));
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void retriesHoweverManyAttemptsThereWere() {
		UUID id = queue().enqueue("x", TaskOptions.of().withMaxAttempts(1));
		for (int attempt = 1; attempt <= 3; attempt++) {
			Task task = queue().claim().orElseThrow();
			assertThat(task.attempt()).isEqualTo(attempt);
			task.retry(Duration.ZERO, "again");
		}
		assertThat(state(id)).isEqualTo(TaskState.READY);
	}

	@Test
	void releasesWithoutCountingTheAttempt() {
		Task task = claimed("x");
		task.release();
		TaskInfo info = info(task.id());
		assertThat(info.state()).isEqualTo(TaskState.READY);
		assertThat(info.attempt()).isZero();
		assertThat(info.claimedBy()).isNull();
		assertThat(info.error()).isNull();
		assertThat(queue().claim().orElseThrow().attempt()).isEqualTo(1);
	}

	@Test
	void extendsTheLease() {
		Task task = claimed("x");
		Instant before = info(task.id()).leaseExpiresAt();
		task.extend(Duration.ofHours(2));
		assertThat(info(task.id()).leaseExpiresAt()).isAfter(before)
			.isCloseTo(task.claimedAt().plus(Duration.ofHours(2)), within(Waits.LIMIT));
		task.extend(Duration.ofSeconds(2));
		assertThat(info(task.id()).leaseExpiresAt()).isBefore(task.claimedAt().plus(Duration.ofHours(1)));
		task.complete();
	}

	@Test
	void reportsProgress() {
		Task task = claimed("x");
		assertThat(queue().progress(task.id())).isEmpty();
		task.progress(0, "begun");
		task.progress(0.25, "a quarter \u0000, 漢字");
		TaskProgress progress = queue().progress(task.id()).orElseThrow();
		assertThat(progress.fraction()).isEqualTo(0.25);
		assertThat(progress.note()).startsWith("a quarter").endsWith("漢字");
		assertThat(progress.reportedAt()).isAfterOrEqualTo(task.claimedAt());
		task.progress(1, "done");
		task.complete();
		assertThat(queue().progress(task.id())).map(TaskProgress::fraction).contains(1.0);
	}

	@Test
	void givesTheTaskToAnotherWhenTheLeaseEnds() {
		Task first = lost(claimed("x"));
		Task second = queue().claim().orElseThrow();
		assertThat(second.id()).isEqualTo(first.id());
		assertThat(second.attempt()).isEqualTo(2);
		assertThat(info(first.id()).error()).isNotNull();
		second.complete("second");
		assertThat(info(first.id()).result()).isEqualTo("\"second\"");
	}

	@Test
	void wakesWhoWaitsWhenALeaseEnds() {
		Task first = claimed("x");
		first.extend(Duration.ofSeconds(1));
		assertThat(queue().claim(Waits.LIMIT)).map(Task::id).contains(first.id());
	}

	@Test
	void refusesALateWorkerWhileTheTaskWaits() {
		Task late = lost(claimed("x"));
		TaskInfo before = info(late.id());
		refusesEverything(late);
		assertThat(info(late.id())).isEqualTo(before);
	}

	@Test
	void refusesALateWorkerWhileAnotherHasTheTask() {
		Task late = lost(claimed("x"));
		Task another = queue().claim().orElseThrow();
		TaskInfo before = info(late.id());
		refusesEverything(late);
		assertThat(info(late.id())).isEqualTo(before);
		another.complete();
		refusesEverything(late);
	}

	@Test
	void settlesAClaimOnce() {
		SETTLING.forEach((name, settling) -> {
			Task task = claimed("x");
			settling.accept(task);
			TaskInfo settled = info(task.id());
			assertThat(settled.state()).as(name).isNotEqualTo(TaskState.CLAIMED);
			refusesEverything(task);
			assertThat(info(task.id())).as(name).isEqualTo(settled);
			queue().cancel(task.id());
		});
	}

	private static void refusesEverything(Task task) {
		SETTLING.forEach((name, settling) -> refuses(task, name, settling));
		REPORTING.forEach((name, reporting) -> refuses(task, name, reporting));
	}

	private static void refuses(Task task, String name, Consumer<Task> call) {
		assertThatExceptionOfType(StaleClaimException.class).as(name)
			.isThrownBy(() -> call.accept(task))
			.satisfies((ex) -> assertThat(ex.taskId()).isEqualTo(task.id()));
	}

	@Test
	void undoesTheWritesOfALateWorker() {
		Task late = lost(claimed("x"));
		queue().cancel(late.id());
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> late.complete(() -> queue().enqueue("written")));
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void readsThePayloadOnlyAsWhatItFits() {
		Task task = claimed(Map.of("url", "http://localhost/"));
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> task.payload(Integer.class))
			.withMessageContaining(task.id().toString())
			.withMessageContaining("java.lang.Integer");
		task.complete();
	}

}
