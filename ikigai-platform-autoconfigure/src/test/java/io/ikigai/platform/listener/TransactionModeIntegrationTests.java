package io.ikigai.platform.listener;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Claim, handler and completion in one transaction.
 */
class TransactionModeIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.queues.retry.max-attempts=2");
		application.jdbc().execute("CREATE TABLE written (task UUID NOT NULL, attempt INT NOT NULL)");
		application.jdbc()
			.execute("CREATE TABLE once (task UUID, CONSTRAINT only_once UNIQUE (task) DEFERRABLE INITIALLY DEFERRED)");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void claimsHandlesAndCompletesInOneTransaction() {
		UUID id = application.enqueue("short", "ok");
		assertThat(application.awaitCompleted("short", id).result()).contains("done");
		assertThat(application.jdbc()
			.queryForObject("SELECT w.xmin = t.xmin FROM written w JOIN task_queue t ON t.id = w.task WHERE t.id = ?",
					Boolean.class, id))
			.isTrue();
	}

	@Test
	void rollsBackAFailedHandlerAndKeepsAttemptErrorAndPause() {
		UUID id = application.enqueue("short", "fail");
		TaskInfo task = application.awaitFailed("short", id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("fail");
		assertThat(written(id)).isZero();
	}

	@Test
	void undoesASettlingOfTheHandlerThatThrowsAfterwards() {
		UUID id = application.enqueue("short", "settle");
		TaskInfo task = application.awaitFailed("short", id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("after settling");
		assertThat(written(id)).isZero();
	}

	@Test
	void failsAPayloadThatDoesNotFitAtOnce() {
		UUID id = application.enqueue("joined", List.of("no number"));
		TaskInfo task = application.awaitFailed("joined", id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.error()).contains("PayloadException");
	}

	@Test
	void failsRowsThatCannotBeReadAndGoesOn() {
		List<UUID> unreadable = List.of(UUID.randomUUID(), UUID.randomUUID());
		unreadable.forEach((id) -> application.jdbc()
			.update("INSERT INTO task_queue (id, queue_name, payload, headers) VALUES (?, 'short', '\"ok\"', '[1]')",
					id));
		UUID behind = application.enqueue("short", "ok");
		application.awaitCompleted("short", behind);
		unreadable
			.forEach((id) -> assertThat(application.awaitFailed("short", id).error()).contains("Unreadable headers"));
	}

	@Test
	void letsATransactionalHandlerJoin() {
		UUID good = application.enqueue("joined", 1);
		assertThat(application.awaitCompleted("joined", good).attempt()).isEqualTo(1);
		assertThat(written(good)).isEqualTo(1);
		UUID bad = application.enqueue("joined", 0);
		TaskInfo task = application.awaitFailed("joined", bad);
		assertThat(task.error()).contains("zero");
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(written(bad)).isZero();
	}

	@Test
	void failsATaskWhoseCommitIsRefusedInTheEnd() {
		application.jdbc().update("INSERT INTO once VALUES ('00000000-0000-0000-0000-000000000001')");
		UUID id = application.enqueue("short", "constraint");
		UUID other = application.enqueue("short", "ok");
		TaskInfo task = application.awaitFailed("short", id);
		assertThat(task.error()).contains("only_once");
		application.awaitCompleted("short", other);
	}

	@Test
	void runsAgainWithoutCostingAnAttemptAfterALostTransaction() {
		UUID id = application.enqueue("short", "lose twice");
		assertThat(application.awaitCompleted("short", id).attempt()).isEqualTo(1);
		assertThat(written(id)).isEqualTo(1);
	}

	@Test
	void runsAsManyAtATimeAsTheConcurrencyAllows() {
		List<UUID> ids = application.platform().queue("parallel").enqueueAll(List.of(1, 2, 3, 4, 5, 6));
		ids.forEach((id) -> application.awaitCompleted("parallel", id));
		assertThat(Handlers.most).hasValue(3);
	}

	@Test
	void handlesBatches() {
		List<UUID> ids = application.platform()
			.transaction(() -> application.platform().queue("lists").enqueueAll(List.of(1, 2, "bad", 4)));
		ids.forEach((id) -> await().until(() -> application.task("lists", id).state() != TaskState.READY
				&& application.task("lists", id).state() != TaskState.CLAIMED));
		assertThat(ids).map((id) -> application.task("lists", id).state())
			.containsExactly(TaskState.COMPLETED, TaskState.COMPLETED, TaskState.FAILED, TaskState.COMPLETED);
		assertThat(Handlers.lists).containsExactly(List.of(1, 2, 4));
	}

	private static int written(UUID id) {
		Integer count = application.jdbc()
			.queryForObject("SELECT count(*) FROM written WHERE task = ?", Integer.class, id);
		return (count != null) ? count : 0;
	}

	static class Handlers {

		static final AtomicInteger most = new AtomicInteger();

		static final Set<List<Integer>> lists = ConcurrentHashMap.newKeySet();

		private final AtomicInteger running = new AtomicInteger();

		private final CountDownLatch three = new CountDownLatch(3);

		private final AtomicInteger lost = new AtomicInteger();

		private final JdbcTemplate jdbc;

		Handlers(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "short", claim = ClaimMode.TRANSACTION)
		public String handle(String what, Task task) {
			this.jdbc.update("INSERT INTO written VALUES (?, ?)", task.id(), task.attempt());
			switch (what) {
				case "fail" -> throw new IllegalStateException(what);
				case "settle" -> {
					task.complete();
					throw new IllegalStateException("after settling");
				}
				case "constraint" ->
					this.jdbc.update("INSERT INTO once VALUES ('00000000-0000-0000-0000-000000000001')");
				case "lose twice" -> {
					if (this.lost.incrementAndGet() <= 2) {
						throw new CannotAcquireLockException(what);
					}
				}
				default -> {
				}
			}
			return "done";
		}

		@Transactional
		@IkigaiTaskListener(queue = "joined", claim = ClaimMode.TRANSACTION)
		public void join(int number, Task task) {
			this.jdbc.update("INSERT INTO written VALUES (?, ?)", task.id(), task.attempt());
			if (number == 0) {
				throw new IllegalArgumentException("zero");
			}
		}

		@IkigaiTaskListener(queue = "parallel", claim = ClaimMode.TRANSACTION, concurrency = "3")
		public void parallel(int number) throws InterruptedException {
			most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			this.three.countDown();
			this.three.await();
			this.running.decrementAndGet();
		}

		@IkigaiTaskListener(queue = "lists", claim = ClaimMode.TRANSACTION, batch = "true")
		public void list(List<Integer> numbers) {
			lists.add(numbers);
		}

	}

}
