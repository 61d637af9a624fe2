package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.queue.TaskTracker;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.InvalidDataAccessResourceUsageException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Task queues whose tasks are not tracked: all that is known of a task is in its message.
 * Two applications share them.
 */
class RabbitmqPlainQueueIntegrationTests {

	private static PostgresDatabase database;

	private static RabbitmqApplication application;

	private static RabbitmqApplication other;

	private final String name = "plain-" + UUID.randomUUID();

	private final TaskQueue queue = application.platform().queue(this.name);

	private final TaskQueue elsewhere = other.platform().queue(this.name);

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		application = RabbitmqApplication.start(database, RabbitmqServer.shared(), "ikigai.queues.max-worker-deaths=2",
				"ikigai.queues[of note].tracking=true");
		// By what Spring Boot configures
		other = RabbitmqApplication.start(RabbitmqApplication.Application.class, database,
				"spring.rabbitmq.addresses=" + RabbitmqServer.shared().url());
	}

	@AfterAll
	static void stop() throws Exception {
		assertThat(database.queryForText("SELECT count(*) FROM ikigai_tracked_task WHERE queue_name <> 'of note'"))
			.isEqualTo("0");
		other.close();
		application.close();
	}

	@Test
	void refusesWhatNeedsTracking() {
		UUID id = this.queue.enqueue("x");
		for (Runnable call : List.<Runnable>of(() -> this.queue.find(id), () -> this.queue.cancel(id),
				() -> this.queue.redrive(id), () -> this.queue.list(TaskState.READY, 10),
				() -> this.queue.progress(id))) {
			assertThatExceptionOfType(UnsupportedByBackendException.class).isThrownBy(call::run)
				.withMessageContaining("ikigai.queues." + this.name + ".tracking = true")
				.withMessageContaining("postgres or redis");
		}
		Task task = this.queue.claim().orElseThrow();
		assertThatExceptionOfType(UnsupportedByBackendException.class).isThrownBy(() -> task.progress(0.5, "half"));
		assertThat(task.cancelled()).isFalse();
		task.complete("a result that nobody can ask for");
		assertThat(this.queue.claim()).isEmpty();
	}

	@Test
	void tracksTheQueuesThatAreNamed() {
		UUID id = application.platform().queue("of note").enqueue("x");
		assertThat(application.platform().queue("of note").find(id)).isPresent();
		// The other application does not track it, and the message says that it is
		// tracked
		other.platform().queue("of note").claim().orElseThrow().complete("done");
		assertThat(application.platform().queue("of note").find(id)).hasValueSatisfying((task) -> {
			assertThat(task.state()).isEqualTo(TaskState.COMPLETED);
			assertThat(task.result()).isEqualTo("\"done\"");
		});
	}

	@Test
	void sendsATrackedTaskAgainWhoseMessageIsGone() {
		NewTask task = new NewTask(UUID.randomUUID(), "1", TaskOptions.of().withPriority(3));
		TaskQueue tracked = application.platform().queue("of note");
		// As who is killed before it can send
		application.bean(TaskTracker.class).add("of note", List.of(task));
		assertThat(tracked.claim()).isEmpty();
		RabbitmqTaskInspection inspection = (RabbitmqTaskInspection) application.bean(RabbitmqBackend.class)
			.taskInspection();
		inspection.sendAgain(Duration.ofMinutes(1));
		assertThat(tracked.claim()).isEmpty();
		inspection.sendAgain(Duration.ZERO);
		inspection.sendAgain(Duration.ZERO);
		Task claimed = tracked.claim().orElseThrow();
		assertThat(claimed.id()).isEqualTo(task.id());
		assertThat(claimed.priority()).isEqualTo(3);
		assertThat(tracked.claim()).isEmpty();
		claimed.complete();
		inspection.sendAgain(Duration.ZERO);
		assertThat(tracked.claim()).isEmpty();
	}

	@Test
	void dropsASecondMessageOfATrackedTask() {
		NewTask task = new NewTask(UUID.randomUUID(), "1", TaskOptions.of());
		TaskStore store = application.bean(TaskStore.class);
		TaskQueue tracked = application.platform().queue("of note");
		store.add("of note", List.of(task));
		store.add("of note", List.of(task));
		assertThat(tracked.claim(10)).extracting(Task::id).containsExactly(task.id());
		store.add("of note", List.of(task));
		assertThat(tracked.claim(10)).isEmpty();
	}

	@Test
	void saysThatAQueueIsOfAnotherType() {
		this.queue.enqueue("x");
		try (RabbitmqApplication quorum = RabbitmqApplication.start(database, RabbitmqServer.shared(),
				"ikigai.rabbitmq.queue-type=quorum")) {
			assertThatExceptionOfType(InvalidDataAccessResourceUsageException.class)
				.isThrownBy(() -> quorum.platform().queue(this.name).enqueue("y"))
				.withMessageContaining("ikigai.task." + this.name)
				.withMessageContaining("ikigai.rabbitmq.queue-type");
		}
	}

	@Test
	void carriesATask() {
		Instant before = Instant.now();
		UUID id = this.elsewhere.enqueue("漢字",
				TaskOptions.of().withPriority(7).withHeader("名", "値").withMaxAttempts(3));
		Task task = this.queue.claim().orElseThrow();
		assertThat(task.id()).isEqualTo(id);
		assertThat(task.payload(String.class)).isEqualTo("漢字");
		assertThat(task.priority()).isEqualTo(7);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.headers()).containsEntry("名", "値").hasSize(1);
		assertThat(task.createdAt()).isBetween(before.minusMillis(1), Instant.now());
		task.complete();
	}

	@Test
	void refusesHeadersThatDoNotFitIntoAMessage() {
		TaskOptions options = TaskOptions.of();
		for (int i = 0; i < 20; i++) {
			options = options.withHeader("h" + i, "v".repeat(4096));
		}
		TaskOptions large = options;
		assertThatExceptionOfType(UnsupportedByBackendException.class).isThrownBy(() -> this.queue.enqueue("x", large))
			.withMessageContaining("64 KiB");
		assertThat(this.queue.claim()).isEmpty();
	}

	@Test
	void claimsByPriorityThenAge() {
		IntStream.range(0, 30).forEach((i) -> this.queue.enqueue(i, TaskOptions.of().withPriority(i % 10)));
		assertThat(this.elsewhere.claim(100)).extracting(Task::priority)
			.containsExactlyElementsOf(IntStream.range(0, 30).mapToObj((i) -> 9 - i / 3).toList());
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 50, 70, 333, 1700 })
	void handsOutADelayedTaskInTime(long millis) {
		Instant due = Instant.now().plusMillis(millis);
		CompletableFuture<Optional<Task>> waiting = CompletableFuture
			.supplyAsync(() -> this.elsewhere.claim(Waits.LIMIT));
		UUID id = this.queue.enqueue("x", TaskOptions.of().withDelay(Duration.ofMillis(millis)));
		Task task = waiting.join().orElseThrow();
		assertThat(Instant.now()).isAfterOrEqualTo(due);
		assertThat(task.id()).isEqualTo(id);
		task.complete();
	}

	@Test
	void countsWhatTheBrokerHas() {
		assertThat(this.queue.stats()).isEqualTo(new QueueStats(0, 0, 0, 0, 0, null));
		assertThat(application.platform().queues()).doesNotContain(this.name);
		this.queue.enqueueAll(List.of(1, 2, 3, 4, 5));
		this.queue.enqueue("later", TaskOptions.of().withScheduledFor(Instant.now().plus(Duration.ofDays(3))));
		this.queue.enqueue("soon", TaskOptions.of().withDelay(Duration.ofMinutes(5)));
		List<Task> tasks = this.queue.claim(3);
		tasks.get(0).complete();
		tasks.get(1).fail("no");
		await().untilAsserted(() -> assertThat(this.queue.stats()).isEqualTo(new QueueStats(2, 2, 1, 0, 1, null)));
		assertThat(application.platform().queues()).contains(this.name).isSorted();
	}

	@Test
	void triesAgain() {
		UUID id = this.queue.enqueue("x");
		Task first = this.queue.claim().orElseThrow();
		first.retry(Duration.ZERO, "once");
		Task second = this.elsewhere.claim().orElseThrow();
		assertThat(second.attempt()).isEqualTo(2);
		second.release();
		Task third = this.queue.claim().orElseThrow();
		assertThat(third.attempt()).isEqualTo(2);
		third.retry(Duration.ofMillis(200), "twice");
		assertThat(this.queue.claim()).isEmpty();
		Task fourth = this.elsewhere.claim(Waits.LIMIT).orElseThrow();
		assertThat(fourth.id()).isEqualTo(id);
		assertThat(fourth.attempt()).isEqualTo(3);
		fourth.complete();
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(first::complete);
	}

	@Test
	void redrivesWhatHasFailed() {
		List<UUID> ids = this.queue.enqueueAll(List.of(1, 2, 3));
		this.queue.claim(3).forEach((task) -> task.fail("no such host"));
		assertThat(this.queue.claim()).isEmpty();
		assertThat(this.elsewhere.redriveFailed()).isEqualTo(3);
		assertThat(this.elsewhere.redriveFailed()).isZero();
		List<Task> again = this.queue.claim(10);
		assertThat(again).extracting(Task::id).isEqualTo(ids);
		assertThat(again).extracting(Task::attempt).containsOnly(1);
	}

	@Test
	void givesATaskToAnotherWhenItsLeaseEnds() {
		this.queue.enqueue("x");
		Task late = this.queue.claim().orElseThrow();
		late.extend(Duration.ofSeconds(1));
		Task task = this.elsewhere.claim(Waits.LIMIT).orElseThrow();
		assertThat(task.id()).isEqualTo(late.id());
		assertThat(task.attempt()).isEqualTo(2);
		for (Runnable call : List.<Runnable>of(late::complete, () -> late.fail("no"), late::release,
				() -> late.retry(Duration.ZERO, "no"), () -> late.extend(Duration.ofMinutes(1)))) {
			assertThatExceptionOfType(StaleClaimException.class).isThrownBy(call::run);
		}
		task.complete();
		assertThat(this.queue.claim()).isEmpty();
	}

	@Test
	void givesATaskUpThatKillsItsWorkers() {
		this.queue.enqueue("x");
		for (int death = 1; death <= 2; death++) {
			this.queue.claim(Waits.LIMIT).orElseThrow().extend(Duration.ofSeconds(1));
		}
		await().until(() -> this.queue.stats().failed() == 1);
		assertThat(this.queue.claim()).isEmpty();
	}

	@Test
	void holdsOneTaskForAUniqueKey() {
		TaskOptions key = TaskOptions.of().withUniqueKey("k");
		UUID id = this.queue.enqueue(1, key);
		assertThat(this.elsewhere.enqueue(2, key)).isEqualTo(id);
		this.elsewhere.claim().orElseThrow().retry(Duration.ZERO, "again");
		assertThat(this.elsewhere.enqueue(3, key)).isEqualTo(id);
		this.queue.claim().orElseThrow().complete();
		UUID second = this.elsewhere.enqueue(4, key);
		assertThat(second).isNotEqualTo(id);
		this.queue.claim().orElseThrow().fail("no");
		assertThat(this.queue.enqueue(5, key)).isNotEqualTo(second);
	}

	@Test
	void wakesWhoWaitsElsewhere() {
		for (int i = 0; i < 5; i++) {
			CompletableFuture<Optional<Task>> waiting = CompletableFuture
				.supplyAsync(() -> this.elsewhere.claim(Waits.LIMIT));
			CompletableFuture<Optional<Task>> waitingToo = CompletableFuture
				.supplyAsync(() -> this.elsewhere.claim(Waits.LIMIT));
			CompletableFuture<Optional<Task>> waitingHere = CompletableFuture
				.supplyAsync(() -> this.queue.claim(Waits.LIMIT));
			List<UUID> ids = List.of(this.queue.enqueue(1), this.elsewhere.enqueue(2), this.queue.enqueue(3));
			assertThat(List.of(waiting.join().orElseThrow().id(), waitingToo.join().orElseThrow().id(),
					waitingHere.join().orElseThrow().id()))
				.containsExactlyInAnyOrderElementsOf(ids);
		}
	}

	@Test
	void wakesWhoComesWhileAnotherLeaves() {
		for (int i = 0; i < 300; i++) {
			CompletableFuture<Optional<Task>> leaving = CompletableFuture
				.supplyAsync(() -> this.queue.claim(Waits.LIMIT));
			UUID first = this.elsewhere.enqueue(1);
			CompletableFuture<Optional<Task>> coming = CompletableFuture
				.supplyAsync(() -> this.queue.claim(Waits.LIMIT));
			CompletableFuture.anyOf(leaving, coming).join();
			UUID second = this.elsewhere.enqueue(2);
			assertThat(List.of(leaving.join().orElseThrow().id(), coming.join().orElseThrow().id()))
				.containsExactlyInAnyOrder(first, second);
		}
	}

	@Test
	void leavesNoTaskWithWhoDoesNotTakeIt() throws Exception {
		ListenedTaskQueue listened = (ListenedTaskQueue) this.queue;
		// Woken, and too busy to claim
		try (AutoCloseable waiting = listened.onReady(() -> {
		})) {
			assertThat(listened.claim(1, Duration.ofSeconds(30))).isEmpty();
			UUID id = this.queue.enqueue("x");
			assertThat(this.elsewhere.claim(Waits.LIMIT)).map(Task::id).contains(id);
		}
	}

	@Test
	void pausesAndResumesEverywhere() {
		this.queue.pause();
		assertThat(this.elsewhere.paused()).isTrue();
		this.queue.enqueue("x");
		assertThat(this.queue.claim()).isEmpty();
		await().until(() -> {
			Optional<Task> claimed = this.elsewhere.claim();
			claimed.ifPresent(Task::release);
			return claimed.isEmpty();
		});
		CompletableFuture<Optional<Task>> waiting = CompletableFuture
			.supplyAsync(() -> this.elsewhere.claim(Waits.LIMIT));
		this.queue.resume();
		assertThat(waiting.join()).isPresent();
	}

	@Test
	void takesATaskOfAStoppedProcess() {
		UUID id = this.queue.enqueue("x");
		ListenedTask claimed;
		try (RabbitmqApplication gone = RabbitmqApplication.start(database, RabbitmqServer.shared())) {
			claimed = ((ListenedTaskQueue) gone.platform().queue(this.name)).claim(1, Duration.ofHours(1)).get(0);
			assertThat(claimed.id()).isEqualTo(id);
			assertThat(this.queue.claim()).isEmpty();
		}
		Task task = this.queue.claim(Waits.LIMIT).orElseThrow();
		assertThat(task.id()).isEqualTo(id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(claimed::release);
		task.complete();
	}

	@Test
	void takesWhatOtherProgramsPublish() throws Exception {
		application.bean(TaskStore.class).claim(this.name, 1, Duration.ofSeconds(30), false);
		com.rabbitmq.client.ConnectionFactory driver = new com.rabbitmq.client.ConnectionFactory();
		driver.setUri(RabbitmqServer.shared().url());
		try (com.rabbitmq.client.Connection connection = driver.newConnection();
				com.rabbitmq.client.Channel channel = connection.createChannel()) {
			channel.basicPublish("", "ikigai.task." + this.name, null, "{\"a\":1}".getBytes());
		}
		Task task = this.queue.claim(Waits.LIMIT).orElseThrow();
		assertThat(task.json()).isEqualTo("{\"a\":1}");
		task.complete();
	}

}
