package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.TypeRef;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * Enqueueing and claiming.
 */
public abstract class TaskQueueContractTests extends TaskContract {

	@Test
	void knowsItsName() {
		assertThat(platform().queue("orders").name()).isEqualTo("orders");
	}

	@Test
	void claimsWhatWasEnqueued() {
		Instant before = Instant.now();
		UUID id = queue().enqueue(Map.of("url", "http://localhost/"));
		Task task = queue().claim().orElseThrow();
		assertThat(task.id()).isEqualTo(id);
		assertThat(task.queue()).isEqualTo(queue().name());
		assertThat(task.priority()).isZero();
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.headers()).isEmpty();
		assertThat(task.claimedBy()).isEqualTo(platform().agents().self().name());
		assertThat(task.createdAt()).isCloseTo(before, within(Waits.LIMIT));
		assertThat(task.scheduledFor()).isCloseTo(before, within(Waits.LIMIT));
		assertThat(task.claimedAt()).isBetween(task.createdAt(), task.createdAt().plus(Waits.LIMIT));
		assertThat(task.payload(Map.class)).isEqualTo(Map.of("url", "http://localhost/"));
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void claimsNothingFromAnEmptyQueue() {
		assertThat(queue().claim()).isEmpty();
		assertThat(queue().claim(10)).isEmpty();
		assertThat(queue().claim(Duration.ZERO)).isEmpty();
		assertThat(queue().claim(Duration.ofSeconds(-1))).isEmpty();
	}

	@Test
	void keepsTheTasksOfEachQueueApart() {
		queue().enqueue("x");
		TaskQueue other = platform().queue(queue().name().toUpperCase());
		assertThat(other.claim()).isEmpty();
		assertThat(platform().queue(queue().name()).claim()).isPresent();
	}

	@Test
	void carriesEveryKindOfPayload() {
		String text = "\"quotes\" \\ back\\u0041slash, 漢字 \uD83D\uDE80 \t\u0001 </script>";
		queue().enqueueAll(List.of(text, 42, true, 1.5, List.of(1, 2), Map.of(), new Check("http://a/", 3),
				List.of(new Check("http://b/", 1))));
		List<Task> tasks = queue().claim(10);
		assertThat(tasks.get(0).payload(String.class)).isEqualTo(text);
		assertThat(tasks.get(1).payload(Integer.class)).isEqualTo(42);
		assertThat(tasks.get(2).payload(Boolean.class)).isTrue();
		assertThat(tasks.get(3).payload(Double.class)).isEqualTo(1.5);
		assertThat(tasks.get(4).payload(int[].class)).containsExactly(1, 2);
		assertThat(tasks.get(5).json()).isEqualTo("{}");
		assertThat(tasks.get(6).payload(Check.class)).isEqualTo(new Check("http://a/", 3));
		assertThat(tasks.get(7).payload(new TypeRef<List<Check>>() {
		})).containsExactly(new Check("http://b/", 1));
	}

	@Test
	void carriesHeaders() {
		TaskOptions options = TaskOptions.of()
			.withHeader("origin", "test \"quoted\"")
			.withHeader("名", "値 \uD83D\uDE80")
			.withHeader("empty", "");
		UUID id = queue().enqueue("x", options);
		Task task = queue().claim().orElseThrow();
		assertThat(task.headers()).isEqualTo(options.headers()).hasSize(3);
		assertThat(info(id).headers()).isEqualTo(options.headers());
		assertThat(task.headers()).isUnmodifiable();
	}

	/**
	 * Tells whether a task of a higher priority always goes first. Otherwise those of 5
	 * to 9 are preferred to those of 0 to 4, and only those of one kind are in order.
	 * @return whether it does
	 */
	protected boolean hasTenPriorities() {
		return true;
	}

	@Test
	void claimsByPriorityThenAge() {
		List<Integer> priorities = List.of(0, 5, 9, 0, 3, 1, 9, 2, 4, 6, 7, 8, 5);
		List<UUID> ids = priorities.stream()
			.map((priority) -> queue().enqueue("p" + priority, TaskOptions.of().withPriority(priority)))
			.toList();
		List<UUID> expected = IntStream.range(0, ids.size())
			.boxed()
			.sorted((a, b) -> Integer.compare(priorities.get(b), priorities.get(a)))
			.map(ids::get)
			.toList();
		List<UUID> claimed = new ArrayList<>();
		claimed.add(queue().claim().orElseThrow().id());
		queue().claim(4).forEach((task) -> claimed.add(task.id()));
		queue().claim(1000).forEach((task) -> claimed.add(task.id()));
		if (hasTenPriorities()) {
			assertThat(claimed).isEqualTo(expected);
		}
		else {
			for (boolean high : new boolean[] { true, false }) {
				assertThat(claimed).filteredOn((id) -> priorities.get(ids.indexOf(id)) > 4 == high)
					.isEqualTo(ids.stream().filter((id) -> priorities.get(ids.indexOf(id)) > 4 == high).toList());
			}
		}
	}

	@Test
	void claimsNoMoreThanAskedFor() {
		queue().enqueueAll(List.of(1, 2, 3, 4, 5));
		assertThat(queue().claim(3)).extracting((task) -> task.payload(Integer.class)).containsExactly(1, 2, 3);
		assertThat(queue().claim(1000)).extracting((task) -> task.payload(Integer.class)).containsExactly(4, 5);
	}

	@Test
	void doesNotClaimBeforeItsTime() {
		UUID delayed = queue().enqueue("delayed", TaskOptions.of().withDelay(Duration.ofHours(1)));
		Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
		UUID scheduled = queue().enqueue("scheduled", TaskOptions.of().withScheduledFor(tomorrow));
		UUID overdue = queue().enqueue("overdue",
				TaskOptions.of().withScheduledFor(Instant.now().minus(Duration.ofDays(1))));
		assertThat(queue().claim(10)).extracting(Task::id).containsExactly(overdue);
		assertThat(info(delayed).state()).isEqualTo(TaskState.SCHEDULED);
		assertThat(info(delayed).scheduledFor()).isCloseTo(info(delayed).createdAt().plus(Duration.ofHours(1)),
				within(Waits.LIMIT));
		assertThat(info(scheduled).scheduledFor()).isCloseTo(tomorrow, within(Duration.ofMillis(1)));
	}

	@Test
	void takesTimesThatAreVeryFarAway() {
		UUID far = queue().enqueue("far", TaskOptions.of().withScheduledFor(Instant.parse("9999-12-31T23:59:59Z")));
		UUID distant = queue().enqueue("long", TaskOptions.of().withDelay(Duration.ofDays(365 * 1000)));
		assertThat(state(far)).isEqualTo(TaskState.SCHEDULED);
		assertThat(state(distant)).isEqualTo(TaskState.SCHEDULED);
		assertThat(queue().claim(10)).isEmpty();
	}

	@Test
	void enqueuesManyInOrder() {
		List<Integer> payloads = IntStream.range(0, 10_000).boxed().toList();
		List<UUID> ids = queue().enqueueAll(payloads, TaskOptions.of().withPriority(3).withHeader("h", "v"));
		assertThat(new HashSet<>(ids)).hasSize(10_000);
		assertThat(info(ids.get(7_654)).json()).isEqualTo("7654");
		List<UUID> claimed = new ArrayList<>();
		for (List<Task> tasks = queue().claim(1000); !tasks.isEmpty(); tasks = queue().claim(1000)) {
			tasks.forEach((task) -> claimed.add(task.id()));
			assertThat(tasks).allSatisfy((task) -> assertThat(task.priority()).isEqualTo(3));
			assertThat(tasks).allSatisfy((task) -> assertThat(task.headers()).containsEntry("h", "v"));
		}
		assertThat(claimed).isEqualTo(ids);
	}

	@Test
	void takesManyLargePayloadsAtOnce() {
		List<String> payloads = IntStream.range(0, 40).mapToObj((i) -> i + "\"".repeat(500_000)).toList();
		List<UUID> ids = queue().enqueueAll(payloads);
		assertThat(ids).hasSize(40).doesNotHaveDuplicates();
		for (int i = 0; i < 40; i++) {
			Task task = queue().claim().orElseThrow();
			assertThat(task.id()).isEqualTo(ids.get(i));
			assertThat(task.payload(String.class).equals(payloads.get(i))).isTrue();
			task.complete();
		}
	}

	@Test
	void enqueuesNothingForNoPayloads() {
		assertThat(queue().enqueueAll(List.of())).isEmpty();
		assertThat(queue().enqueueAll(Set.of(), TaskOptions.of().withPriority(1))).isEmpty();
		assertThat(platform().queues()).doesNotContain(queue().name());
	}

	@Test
	void refusesAUniqueKeyForMany() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> queue().enqueueAll(List.of(1, 2), TaskOptions.of().withUniqueKey("k")))
			.withMessageContaining("unique key");
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void enqueuesOneUnfinishedTaskPerUniqueKey() {
		TaskOptions key = TaskOptions.of().withUniqueKey("user 'ü' \uD83D\uDE80");
		UUID id = queue().enqueue("first", key);
		assertThat(queue().enqueue("second", key)).isEqualTo(id);
		assertThat(queue().enqueue("other", TaskOptions.of().withUniqueKey("other"))).isNotEqualTo(id);
		assertThat(platform().queue(queue().name() + "-2").enqueue("x", key)).isNotEqualTo(id);
		Task task = queue().claim().orElseThrow();
		assertThat(task.payload(String.class)).isEqualTo("first");
		assertThat(queue().enqueue("while it is claimed", key)).isEqualTo(id);
		task.retry(Duration.ofHours(1), "later");
		assertThat(queue().enqueue("while it is retried", key)).isEqualTo(id);
	}

	@Test
	void freesAUniqueKeyWhenItsTaskIsFinished() {
		TaskOptions key = TaskOptions.of().withUniqueKey("k");
		UUID completed = queue().enqueue(1, key);
		queue().claim().orElseThrow().complete();
		UUID failed = queue().enqueue(2, key);
		queue().claim().orElseThrow().fail("no");
		UUID cancelled = queue().enqueue(3, key);
		queue().cancel(cancelled);
		UUID last = queue().enqueue(4, key);
		assertThat(Set.of(completed, failed, cancelled, last)).hasSize(4);
		assertThat(queue().enqueue(5, key)).isEqualTo(last);
	}

	@Test
	void enqueuesOneTaskForConcurrentCallersWithAUniqueKey() throws Exception {
		CyclicBarrier together = new CyclicBarrier(16);
		Set<UUID> ids = new HashSet<>(inParallel(16, () -> {
			together.await();
			return queue().enqueue("x", TaskOptions.of().withUniqueKey("k"));
		}));
		assertThat(ids).hasSize(1);
		assertThat(queue().claim(100)).extracting(Task::id).containsExactlyElementsOf(ids);
	}

	@Test
	void handsEachTaskToOneClaimer() throws Exception {
		List<UUID> ids = queue().enqueueAll(IntStream.range(0, 400).boxed().toList());
		List<UUID> claimed = inParallel(8, () -> {
			List<UUID> mine = new ArrayList<>();
			for (List<Task> tasks = queue().claim(7); !tasks.isEmpty(); tasks = queue().claim(7)) {
				tasks.forEach((task) -> mine.add(task.id()));
			}
			return mine;
		}).stream().flatMap(Collection::stream).toList();
		assertThat(claimed).containsExactlyInAnyOrderElementsOf(ids);
	}

	@Test
	void wakesWhoWaitsForATask() throws Exception {
		CompletableFuture<Optional<Task>> waiting = waiting(Waits.LIMIT);
		UUID id = queue().enqueue("now");
		assertThat(Waits.value("the claimed task", waiting)).map(Task::id).contains(id);
	}

	@Test
	void wakesWhoWaitsWhenADelayEnds() throws Exception {
		CompletableFuture<Optional<Task>> waiting = waiting(Waits.LIMIT);
		UUID id = queue().enqueue("late", TaskOptions.of().withDelay(Duration.ofMillis(300)));
		assertThat(Waits.value("the claimed task", waiting)).map(Task::id).contains(id);
	}

	@Test
	void wakesWhoWaitsWhenATaskComesBack() throws Exception {
		Task first = claimed("x");
		CompletableFuture<Optional<Task>> waiting = waiting(Waits.LIMIT);
		first.retry(Duration.ofMillis(100), "again");
		assertThat(Waits.value("the claimed task", waiting)).map(Task::id).contains(first.id());
	}

	@Test
	void givesUpWaitingAfterAWhile() {
		queue().enqueue("far", TaskOptions.of().withDelay(Duration.ofHours(1)));
		Instant start = Instant.now();
		assertThat(queue().claim(Duration.ofMillis(300))).isEmpty();
		assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(299));
	}

	@Test
	void waitsForEverIfAskedTo() throws Exception {
		CompletableFuture<Optional<Task>> waiting = waiting(Duration.ofSeconds(Long.MAX_VALUE));
		UUID id = queue().enqueue("x");
		assertThat(Waits.value("the claimed task", waiting)).map(Task::id).contains(id);
	}

	@Test
	void stopsWaitingWhenInterrupted() throws Exception {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread waiting = new Thread(() -> {
			boolean nothing = queue().claim(Waits.LIMIT).isEmpty();
			interrupted.complete(nothing && Thread.currentThread().isInterrupted());
		});
		waiting.start();
		waiting.interrupt();
		assertThat(interrupted.get()).isTrue();
	}

	private CompletableFuture<Optional<Task>> waiting(Duration wait) {
		CompletableFuture<Optional<Task>> claimed = new CompletableFuture<>();
		new Thread(() -> {
			try {
				claimed.complete(queue().claim(wait));
			}
			catch (Throwable ex) {
				claimed.completeExceptionally(ex);
			}
		}, "waiting").start();
		return claimed;
	}

	private static <T> List<T> inParallel(int threads, Callable<T> work) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		try {
			List<T> results = new ArrayList<>();
			for (Future<T> result : pool.invokeAll(Collections.nCopies(threads, work))) {
				results.add(result.get());
			}
			return results;
		}
		finally {
			pool.shutdownNow();
		}
	}

	/**
	 * A payload.
	 *
	 * @param url a text
	 * @param times a number
	 */
	public record Check(String url, int times) {
	}

}
