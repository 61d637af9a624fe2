package io.ikigai.platform.listener;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Leased tasks whose handlers are transactional, or put writes into the completion.
 */
class TransactionalHandlerIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.queues.retry.max-attempts=2");
		application.jdbc().execute("CREATE TABLE written (task UUID NOT NULL, attempt INT NOT NULL)");
		application.jdbc().execute("CREATE TABLE counter (value INT NOT NULL)");
		application.jdbc().execute("INSERT INTO counter VALUES (0)");
		application.jdbc()
			.execute("CREATE TABLE once (task UUID, CONSTRAINT only_once UNIQUE (task) DEFERRABLE INITIALLY DEFERRED)");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void completesInTheTransactionOfTheHandler() {
		UUID id = application.enqueue("transactional", "ok");
		assertThat(application.awaitCompleted("transactional", id).result()).contains("done");
		assertThat(sameTransaction(id)).isTrue();
	}

	private static boolean sameTransaction(UUID id) {
		return Boolean.TRUE.equals(application.jdbc()
			.queryForObject("SELECT w.xmin = t.xmin FROM written w JOIN task_queue t ON t.id = w.task WHERE t.id = ?",
					Boolean.class, id));
	}

	@Test
	void rollsBackWhatAFailedHandlerWroteAndKeepsTheAttempt() {
		UUID id = application.enqueue("transactional", "fail");
		TaskInfo task = application.awaitFailed("transactional", id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("fail");
		assertThat(written(id)).isZero();
	}

	@Test
	void commitsWhatAHandlerWroteBeforeAnExceptionThatDoesNotRollBack() {
		UUID id = application.enqueue("transactional", "checked");
		TaskInfo task = application.awaitFailed("transactional", id);
		assertThat(task.error()).contains("checked");
		assertThat(written(id)).isEqualTo(2);
	}

	@Test
	void rollsBackWhenTheClaimIsNoLongerTheHandlers() {
		UUID id = application.enqueue("transactional", "stolen");
		await().until(() -> application.task("transactional", id).claimedBy(), "thief"::equals);
		await().until(() -> application.listener("transactional").active() == 0);
		assertThat(written(id)).isZero();
		assertThat(application.task("transactional", id).state()).isEqualTo(TaskState.CLAIMED);
	}

	@Test
	void rollsBackAStaleCompletionWithItsWrites() {
		UUID id = application.enqueue("writing", "stolen");
		await().until(() -> Handlers.stale.containsKey(id));
		assertThat(written(id)).isZero();
		assertThat(application.task("writing", id).claimedBy()).isEqualTo("thief");
	}

	@Test
	void rollsBackAndTriesAgainWhenTheHandlerMarkedItsTransaction() {
		UUID id = application.enqueue("transactional", "swallow");
		TaskInfo task = application.awaitFailed("transactional", id);
		assertThat(task.error()).contains("UnexpectedRollbackException");
		assertThat(written(id)).isZero();
	}

	@Test
	void countsARefusedCommitAsAFailedAttempt() {
		application.jdbc().update("INSERT INTO once VALUES ('00000000-0000-0000-0000-000000000001')");
		UUID id = application.enqueue("transactional", "constraint");
		TaskInfo task = application.awaitFailed("transactional", id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("only_once");
	}

	@Test
	void runsAgainWithoutCostingAnAttemptAfterASerializationFailure() {
		UUID one = application.enqueue("counting", "one");
		UUID two = application.enqueue("counting", "two");
		assertThat(application.awaitCompleted("counting", one).attempt()).isEqualTo(1);
		assertThat(application.awaitCompleted("counting", two).attempt()).isEqualTo(1);
		assertThat(application.jdbc().queryForObject("SELECT value FROM counter", Integer.class)).isEqualTo(2);
		assertThat(Handlers.countingCalls).hasValueGreaterThan(2);
	}

	@Test
	void failsTheAttemptWhenATransactionLosesAgainAndAgain() {
		UUID id = application.enqueue("losing", "x");
		TaskInfo task = application.awaitFailed("losing", id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(Handlers.losingCalls).hasValue(6);
	}

	@ParameterizedTest
	@ValueSource(strings = { "changing", "changing-in-transaction", "changing-batch" })
	void givesEachRunOfATransactionThePayloadAsItWasSent(String queue) {
		UUID id = application.enqueue(queue, Map.of("value", 1));
		assertThat(application.awaitCompleted(queue, id).attempt()).isEqualTo(1);
		assertThat(Handlers.changed.get(queue)).containsExactly(11, 11, 11);
	}

	@Test
	void givesEachRunOfATransactionTheMessageAsItWasSent() {
		application.platform().mailbox("changing").send(Map.of("value", 1));
		Waits.until("the message is read", () -> application.platform().mailbox("changing").unread() == 0);
		assertThat(Handlers.changed.get("mailbox")).containsExactly(11, 11, 11);
	}

	private static int written(UUID id) {
		Integer count = application.jdbc()
			.queryForObject("SELECT count(*) FROM written WHERE task = ?", Integer.class, id);
		return (count != null) ? count : 0;
	}

	static class Handlers {

		static final ConcurrentHashMap<UUID, Boolean> stale = new ConcurrentHashMap<>();

		static final AtomicInteger countingCalls = new AtomicInteger();

		static final AtomicInteger losingCalls = new AtomicInteger();

		/** What each run of the handlers that change their payload made of it. */
		static final ConcurrentHashMap<String, List<Integer>> changed = new ConcurrentHashMap<>();

		private final CyclicBarrier bothRead = new CyclicBarrier(2);

		private final JdbcTemplate jdbc;

		private final Platform platform;

		Handlers(JdbcTemplate jdbc, Platform platform) {
			this.jdbc = jdbc;
			this.platform = platform;
		}

		@Transactional
		@IkigaiTaskListener(queue = "transactional", id = "transactional")
		public String handle(String what, Task task) throws Exception {
			this.jdbc.update("INSERT INTO written VALUES (?, ?)", task.id(), task.attempt());
			switch (what) {
				case "fail" -> throw new IllegalStateException(what);
				case "checked" -> throw new Exception(what);
				case "stolen" -> steal(task.id());
				case "constraint" ->
					this.jdbc.update("INSERT INTO once VALUES ('00000000-0000-0000-0000-000000000001')");
				case "swallow" -> swallow();
				default -> {
				}
			}
			return "done";
		}

		private void swallow() {
			try {
				this.platform.transaction(() -> {
					throw new IllegalArgumentException("inner");
				});
			}
			catch (IllegalArgumentException ex) {
				// The transaction that both share is marked for rollback now
			}
		}

		// By another thread, so that it is no part of the handler's transaction
		private void steal(UUID id) throws Exception {
			Thread thief = new Thread(() -> application.steal(id));
			thief.start();
			thief.join();
		}

		@IkigaiTaskListener(queue = "writing")
		public void write(Task task) throws Exception {
			steal(task.id());
			try {
				task.complete(() -> {
					this.jdbc.update("INSERT INTO written VALUES (?, ?)", task.id(), task.attempt());
				});
			}
			catch (StaleClaimException ex) {
				stale.put(task.id(), true);
				throw ex;
			}
		}

		@Transactional(isolation = Isolation.REPEATABLE_READ)
		@IkigaiTaskListener(queue = "counting", concurrency = "2")
		public void count(String payload) throws Exception {
			countingCalls.incrementAndGet();
			Integer value = this.jdbc.queryForObject("SELECT value FROM counter", Integer.class);
			if (countingCalls.get() <= 2) {
				this.bothRead.await();
			}
			this.jdbc.update("UPDATE counter SET value = ? + 1", value);
		}

		@Transactional
		@IkigaiTaskListener(queue = "losing", maxAttempts = "1")
		public void lose(String payload) {
			losingCalls.incrementAndGet();
			throw new CannotAcquireLockException("lost");
		}

		@Transactional
		@IkigaiTaskListener(queue = "changing")
		public void change(Map<String, Integer> payload) {
			change("changing", payload);
		}

		@IkigaiTaskListener(queue = "changing-in-transaction", claim = ClaimMode.TRANSACTION)
		public void changeInTransaction(Map<String, Integer> payload) {
			change("changing-in-transaction", payload);
		}

		@Transactional
		@IkigaiTaskListener(queue = "changing-batch", batch = "true")
		public void changeBatch(List<Map<String, Integer>> payloads) {
			payloads.forEach((payload) -> change("changing-batch", payload));
		}

		@Transactional
		@MailboxListener("changing")
		public void changeMessage(Map<String, Integer> payload) {
			change("mailbox", payload);
		}

		private static void change(String what, Map<String, Integer> payload) {
			List<Integer> runs = changed.computeIfAbsent(what, (first) -> new CopyOnWriteArrayList<>());
			runs.add(payload.merge("value", 10, Integer::sum));
			if (runs.size() < 3) {
				throw new CannotAcquireLockException("lost");
			}
		}

	}

}
