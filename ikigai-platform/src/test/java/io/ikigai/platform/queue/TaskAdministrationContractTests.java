package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Looking at tasks, cancelling, redriving, pausing, counting.
 */
public abstract class TaskAdministrationContractTests extends TaskContract {

	private static final TaskOptions LATER = TaskOptions.of().withDelay(Duration.ofHours(1));

	@Test
	void findsATaskAsItStands() {
		UUID id = queue().enqueue(Map.of("a", 1), TaskOptions.of().withPriority(4).withMaxAttempts(7));
		TaskInfo info = info(id);
		assertThat(info.id()).isEqualTo(id);
		assertThat(info.queue()).isEqualTo(queue().name());
		assertThat(info.json()).isEqualToIgnoringWhitespace("{\"a\":1}");
		assertThat(info.priority()).isEqualTo(4);
		assertThat(info.attempt()).isZero();
		assertThat(info.maxAttempts()).isEqualTo(7);
		assertThat(info.state()).isEqualTo(TaskState.READY);
		assertThat(info.headers()).isEmpty();
		assertThat(info.createdAt()).isNotNull();
		assertThat(info.scheduledFor()).isBeforeOrEqualTo(info.createdAt());
		assertThat(new Object[] { info.claimedBy(), info.claimedAt(), info.leaseExpiresAt(), info.completedAt(),
				info.failedAt(), info.error(), info.result() })
			.containsOnlyNulls();
		Task task = queue().claim().orElseThrow();
		TaskInfo claimed = info(id);
		assertThat(claimed.state()).isEqualTo(TaskState.CLAIMED);
		assertThat(claimed.attempt()).isEqualTo(1);
		assertThat(claimed.claimedBy()).isEqualTo(task.claimedBy());
		assertThat(claimed.claimedAt()).isEqualTo(task.claimedAt());
		assertThat(claimed.leaseExpiresAt()).isAfter(task.claimedAt());
	}

	@Test
	void findsTasksPageByPage() {
		List<UUID> ids = new ArrayList<>(queue().enqueueAll(Collections.nCopies(250, "page")));
		ids.add(queue().enqueue("later", LATER));
		Task done = queue().claim().orElseThrow();
		done.complete();
		List<UUID> seen = new ArrayList<>();
		TaskQuery query = TaskQuery.all().withLimit(60);
		for (TaskPage page = queue().find(query);; page = queue().find(query)) {
			assertThat(page.tasks()).hasSizeLessThanOrEqualTo(60);
			page.tasks().forEach((task) -> seen.add(task.id()));
			if (page.next() == null) {
				break;
			}
			query = query.withAfter(TaskPosition.parse(page.next().toString()));
		}
		assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);
		assertThat(seen.get(0)).isEqualTo(ids.get(250));
		assertThat(TaskPages.all(queue(), TaskQuery.all().withState(TaskState.COMPLETED))).extracting(TaskInfo::id)
			.containsExactly(done.id());
		assertThat(TaskPages.all(queue(), TaskQuery.all().withState(TaskState.READY).withLimit(1000))).hasSize(249);
		assertThat(TaskPages.all(queue(), TaskQuery.all().withState(TaskState.FAILED))).isEmpty();
	}

	@Test
	void findsTasksByWhatTheyContain() {
		UUID payload = queue().enqueue(Map.of("url", "https://example.org/100%_Wanted"));
		UUID error = queue().enqueue("b", TaskOptions.of().withPriority(9));
		queue().claim().orElseThrow().fail("it was not Wanted");
		queue().enqueue("https://example.org/1000Wanted");
		assertThat(found("100%_wanted")).containsExactly(payload);
		assertThat(found("NOT wanted")).containsExactly(error);
		assertThat(found(payload.toString())).containsExactly(payload);
		assertThat(found("wanted")).hasSize(3);
		assertThat(found("' OR 1=1")).isEmpty();
	}

	private List<UUID> found(String text) {
		return TaskPages.all(queue(), TaskQuery.all().withText(text)).stream().map(TaskInfo::id).toList();
	}

	@Test
	void findsOnlyTasksOfItsOwnQueue() {
		UUID id = queue().enqueue("x");
		TaskQueue other = platform().queue(queue().name() + "-other");
		assertThat(other.find(id)).isEmpty();
		assertThat(other.cancel(id)).isFalse();
		assertThat(other.redrive(id)).isFalse();
		assertThat(other.progress(id)).isEmpty();
		assertThat(queue().find(UUID.randomUUID())).isEmpty();
		assertThat(queue().cancel(UUID.randomUUID())).isFalse();
		assertThat(queue().redrive(UUID.randomUUID())).isFalse();
		assertThat(queue().progress(UUID.randomUUID())).isEmpty();
		assertThat(state(id)).isEqualTo(TaskState.READY);
	}

	@Test
	void listsEachStateNewestFirst() {
		Map<TaskState, List<UUID>> expected = Map.of(TaskState.COMPLETED, three(TaskState.COMPLETED), TaskState.FAILED,
				three(TaskState.FAILED), TaskState.CANCELLED, three(TaskState.CANCELLED), TaskState.CLAIMED,
				three(TaskState.CLAIMED), TaskState.SCHEDULED, three(TaskState.SCHEDULED), TaskState.READY,
				three(TaskState.READY));
		expected.forEach((state, ids) -> {
			assertThat(queue().list(state, 10)).as("%s", state).extracting(TaskInfo::id).isEqualTo(ids);
			assertThat(queue().list(state, 10)).extracting(TaskInfo::state).containsOnly(state);
			assertThat(queue().list(state, 2)).extracting(TaskInfo::id).isEqualTo(ids.subList(0, 2));
		});
		assertThat(platform().queue(queue().name() + "-other").list(TaskState.READY, 10)).isEmpty();
	}

	// Map.of evaluates its arguments in order; ready tasks come last, so that none is
	// claimed for another state.
	private List<UUID> three(TaskState state) {
		List<UUID> ids = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			UUID id = queue().enqueue(i, (state == TaskState.SCHEDULED) ? LATER : TaskOptions.of());
			ids.add(id);
			switch (state) {
				case COMPLETED -> queue().claim().orElseThrow().complete();
				case FAILED -> queue().claim().orElseThrow().fail("no");
				case CANCELLED -> queue().cancel(id);
				case CLAIMED -> queue().claim().orElseThrow();
				case SCHEDULED, READY -> assertThat(state(id)).isEqualTo(state);
			}
		}
		Collections.reverse(ids);
		return ids;
	}

	@Test
	void cancelsWhatIsNotFinished() {
		UUID scheduled = queue().enqueue("scheduled", LATER);
		assertThat(queue().cancel(scheduled)).isTrue();
		UUID ready = queue().enqueue("ready");
		assertThat(queue().cancel(ready)).isTrue();
		assertThat(queue().claim()).isEmpty();
		for (UUID id : List.of(scheduled, ready)) {
			TaskInfo info = info(id);
			assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
			assertThat(info.failedAt()).isNotNull();
			assertThat(info.claimedBy()).isNotNull();
			assertThat(queue().cancel(id)).isFalse();
			assertThat(queue().redrive(id)).isFalse();
		}
		assertThat(queue().redriveFailed()).isZero();
	}

	@Test
	void cancelsWhatIsBeingWorkedOn() {
		Task task = claimed("x");
		assertThat(task.cancelled()).isFalse();
		assertThat(queue().cancel(task.id())).isTrue();
		assertThat(task.cancelled()).isTrue();
		assertThat(state(task.id())).isEqualTo(TaskState.CANCELLED);
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(task::complete)
			.satisfies((ex) -> assertThat(ex.taskId()).isEqualTo(task.id()));
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> task.extend(Duration.ofMinutes(1)));
		assertThat(state(task.id())).isEqualTo(TaskState.CANCELLED);
		assertThat(info(task.id()).completedAt()).isNull();
	}

	@Test
	void doesNotCancelWhatIsFinished() {
		Task completed = claimed("x");
		completed.complete();
		Task failed = claimed("y");
		failed.fail("no");
		assertThat(queue().cancel(completed.id())).isFalse();
		assertThat(queue().cancel(failed.id())).isFalse();
		assertThat(state(completed.id())).isEqualTo(TaskState.COMPLETED);
		assertThat(state(failed.id())).isEqualTo(TaskState.FAILED);
		assertThat(completed.cancelled()).isFalse();
	}

	@Test
	void redrivesAFailedTask() {
		Task task = claimed("x");
		task.retry(Duration.ZERO, "once");
		queue().claim().orElseThrow().fail("twice");
		assertThat(queue().redrive(task.id())).isTrue();
		TaskInfo info = info(task.id());
		assertThat(info.state()).isEqualTo(TaskState.READY);
		assertThat(info.attempt()).isZero();
		assertThat(info.failedAt()).isNull();
		assertThat(queue().redrive(task.id())).isFalse();
		Task again = queue().claim().orElseThrow();
		assertThat(again.id()).isEqualTo(task.id());
		assertThat(again.attempt()).isEqualTo(1);
		assertThat(queue().redrive(task.id())).isFalse();
		again.complete();
		assertThat(queue().redrive(task.id())).isFalse();
	}

	@Test
	void redrivesAllFailedTasksOfTheQueue() {
		TaskQueue other = platform().queue(queue().name() + "-other");
		other.enqueue("x");
		Task elsewhere = other.claim().orElseThrow();
		elsewhere.fail("no");
		queue().enqueueAll(List.of(1, 2, 3, 4));
		List<Task> tasks = queue().claim(10);
		tasks.get(0).complete();
		tasks.subList(1, 4).forEach((task) -> task.fail("no"));
		assertThat(queue().redriveFailed()).isEqualTo(3);
		assertThat(queue().redriveFailed()).isZero();
		assertThat(queue().claim(10)).extracting((task) -> task.payload(Integer.class)).containsExactly(2, 3, 4);
		assertThat(other.find(elsewhere.id())).map(TaskInfo::state).contains(TaskState.FAILED);
	}

	@Test
	void wakesWhoWaitsWhenATaskIsRedriven() {
		Task task = claimed("x");
		task.fail("no");
		CompletableFuture<Optional<Task>> waiting = CompletableFuture.supplyAsync(() -> queue().claim(Waits.LIMIT));
		queue().redrive(task.id());
		assertThat(waiting.join()).map(Task::id).contains(task.id());
	}

	@Test
	void claimsNothingWhilePaused() {
		Task running = claimed("running");
		UUID id = queue().enqueue("waiting");
		assertThat(queue().paused()).isFalse();
		queue().pause();
		queue().pause();
		assertThat(queue().paused()).isTrue();
		assertThat(queue().claim()).isEmpty();
		assertThat(queue().claim(10)).isEmpty();
		assertThat(queue().claim(Duration.ofMillis(100))).isEmpty();
		assertThat(platform().queue(queue().name()).claim()).isEmpty();
		assertThat(state(id)).isEqualTo(TaskState.READY);
		UUID late = queue().enqueue("enqueued while paused");
		running.complete();
		TaskQueue other = platform().queue(queue().name() + "-other");
		other.enqueue("x");
		assertThat(other.claim()).isPresent();
		queue().resume();
		queue().resume();
		assertThat(queue().paused()).isFalse();
		assertThat(queue().claim(10)).extracting(Task::id).containsExactly(id, late);
	}

	@Test
	void wakesWhoWaitsWhenResumed() {
		UUID id = queue().enqueue("x");
		queue().pause();
		CompletableFuture<Optional<Task>> waiting = CompletableFuture.supplyAsync(() -> queue().claim(Waits.LIMIT));
		queue().resume();
		assertThat(waiting.join()).map(Task::id).contains(id);
	}

	@Test
	void countsTasks() {
		assertThat(queue().stats()).isEqualTo(new QueueStats(0, 0, 0, 0, 0, null));
		Instant before = Instant.now().minusSeconds(1);
		queue().enqueueAll(List.of(1, 2, 3, 4, 5, 6, 7, 8));
		List<Task> tasks = queue().claim(6);
		tasks.get(0).complete();
		tasks.get(1).complete();
		tasks.get(2).fail("no");
		tasks.get(3).retry(Duration.ofHours(1), "later");
		queue().cancel(tasks.get(4).id());
		queue().enqueueAll(List.of(9, 10), LATER);
		QueueStats stats = queue().stats();
		assertThat(stats.ready()).isEqualTo(2);
		assertThat(stats.scheduled()).isEqualTo(3);
		assertThat(stats.claimed()).isEqualTo(1);
		assertThat(stats.completed()).isEqualTo(2);
		assertThat(stats.failed()).isEqualTo(1);
		assertThat(stats.oldestReadyAge()).isNotNull();
		assertThat(Instant.now().minus(stats.oldestReadyAge())).isAfter(before);
	}

	@Test
	void measuresHowLongTheOldestTaskHasBeenReady() {
		queue().enqueue("scheduled", LATER);
		assertThat(queue().stats().oldestReadyAge()).isNull();
		queue().enqueue("x");
		await().until(() -> queue().stats().oldestReadyAge(), (age) -> age.compareTo(Duration.ofMillis(500)) >= 0);
		queue().claim().orElseThrow();
		assertThat(queue().stats().oldestReadyAge()).isNull();
	}

	@Test
	void listsTheQueuesThatHoldTasks() {
		assertThat(platform().queues()).doesNotContain(queue().name());
		Task task = claimed("x");
		task.complete();
		assertThat(platform().queues()).contains(queue().name()).isSorted();
	}

}
