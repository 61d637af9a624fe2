package io.ikigai.platform.listener;

import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that run longer than their timeout or their lease.
 */
class TimeoutAndLeaseIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.queues.retry.max-attempts=2");
		application.jdbc().execute("CREATE TABLE written (task UUID NOT NULL)");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void interruptsAHandlerAtItsTimeoutAndCountsAFailedAttempt() throws Exception {
		UUID slow = application.enqueue("slow", "sleep");
		TaskInfo task = application.awaitFailed("slow", slow);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("HandlerTimeoutException").contains("PT0.2S");
		UUID quick = application.enqueue("slow", "quick");
		application.awaitCompleted("slow", quick);
		assertThat(Waits.next("the call after the interrupted one", Handlers.interrupted)).isFalse();
	}

	@Test
	void countsAFailedAttemptThoughTheHandlerIgnoresItsInterruption() {
		UUID id = application.enqueue("slow", "ignore");
		assertThat(application.awaitFailed("slow", id).error()).contains("HandlerTimeoutException");
	}

	@Test
	void rollsBackTheTransactionOfAHandlerAtItsTimeout() {
		UUID leased = application.enqueue("slow-transactional", "x");
		UUID claimed = application.enqueue("slow-claim", "x");
		assertThat(application.awaitFailed("slow-transactional", leased).error()).contains("HandlerTimeoutException");
		assertThat(application.awaitFailed("slow-claim", claimed).error()).contains("HandlerTimeoutException");
		assertThat(application.jdbc().queryForObject("SELECT count(*) FROM written", Integer.class)).isZero();
	}

	@Test
	void extendsTheLeaseWhileTheHandlerRuns() {
		UUID id = application.enqueue("long", "x");
		TaskInfo task = application.awaitCompleted("long", id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.result()).isEqualTo("1");
	}

	static class Handlers {

		static final BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();

		private final CountDownLatch never = new CountDownLatch(1);

		private int longCalls;

		private final JdbcTemplate jdbc;

		Handlers(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "slow", timeout = "200ms")
		void slow(String what) throws InterruptedException {
			switch (what) {
				case "sleep" -> this.never.await();
				case "ignore" -> {
					try {
						this.never.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				}
				default -> interrupted.add(Thread.currentThread().isInterrupted());
			}
		}

		@Transactional
		@IkigaiTaskListener(queue = "slow-transactional", timeout = "200", maxAttempts = "1")
		public void slowTransaction(Task task) throws InterruptedException {
			this.jdbc.update("INSERT INTO written VALUES (?)", task.id());
			this.never.await();
		}

		@IkigaiTaskListener(queue = "slow-claim", timeout = "PT0.2S", maxAttempts = "1", claim = ClaimMode.TRANSACTION)
		public void slowClaim(Task task) throws InterruptedException {
			this.jdbc.update("INSERT INTO written VALUES (?)", task.id());
			this.never.await();
		}

		@IkigaiTaskListener(queue = "long", lease = "1s", concurrency = "2")
		int handleLong(Task task) {
			this.longCalls++;
			this.jdbc.execute("CREATE TABLE IF NOT EXISTS first_lease AS SELECT id, lease_expires_at FROM task_queue "
					+ "WHERE id = '" + task.id() + "'");
			await("the end of the first lease").until(
					() -> this.jdbc.queryForObject("SELECT now() > lease_expires_at FROM first_lease", Boolean.class));
			return this.longCalls;
		}

	}

}
