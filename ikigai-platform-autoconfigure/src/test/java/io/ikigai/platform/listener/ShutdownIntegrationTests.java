package io.ikigai.platform.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of running handlers when their application ends.
 */
class ShutdownIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@BeforeEach
	void reset() {
		Handlers.begun.set(0);
		Handlers.late.set(false);
		Handlers.release = new CountDownLatch(1);
	}

	@Test
	void claimsNothingMoreAndLetsRunningHandlersFinish() throws Exception {
		ListenerApplication application = start("5s");
		UUID running = application.enqueue("leased", "wait");
		await().untilAtomic(Handlers.begun, org.hamcrest.Matchers.is(1));
		ListenerContainer container = application.listener("leased");
		CompletableFuture<Void> closing = CompletableFuture.runAsync(application::close);
		await().until(() -> !container.isRunning());
		try (ListenerApplication other = enqueuer()) {
			UUID waiting = other.enqueue("leased", "quick");
			Handlers.release.countDown();
			Waits.value("the end of the application", closing);
			assertThat(other.awaitCompleted("leased", running).attempt()).isEqualTo(1);
			assertThat(other.task("leased", waiting).attempt()).isZero();
		}
	}

	@Test
	void givesBackWhatRunsOnWithoutCostingAnAttempt() throws Exception {
		ListenerApplication application = start("1s");
		List<UUID> ids = List.of(application.enqueue("leased", "wait"), application.enqueue("leased", "stubborn"),
				application.enqueue("claimed", "wait"));
		await().untilAtomic(Handlers.begun, org.hamcrest.Matchers.is(3));
		Instant begin = Instant.now();
		// The handlers run on until they are released.
		Waits.value("the end of the application", CompletableFuture.runAsync(application::close));
		assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(700));
		Handlers.release.countDown();
		try (ListenerApplication other = enqueuer()) {
			for (UUID id : ids) {
				var task = other.platform()
					.queue("leased")
					.find(id)
					.or(() -> other.platform().queue("claimed").find(id));
				assertThat(task).hasValueSatisfying((found) -> {
					assertThat(found.attempt()).isZero();
					assertThat(found.claimedBy()).isNull();
					assertThat(found.error()).isNull();
				});
			}
			assertThat(other.jdbc().queryForObject("SELECT count(*) FROM written", Integer.class)).isZero();
		}
	}

	@Test
	void refusesTheCompletionOfAHandlerWhoseTaskWasGivenBack() {
		try (ListenerApplication application = start("1s")) {
			UUID id = application.enqueue("leased", "late");
			await().untilAtomic(Handlers.begun, org.hamcrest.Matchers.is(1));
			application.listener("leased").stop();
			assertThat(application.task("leased", id).claimedBy()).isNull();
			Handlers.release.countDown();
			await().untilTrue(Handlers.late);
			assertThat(application.jdbc().queryForObject("SELECT count(*) FROM written", Integer.class)).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource
	@ExtendWith(OutputCaptureExtension.class)
	void closesWaitingListenersWithoutComplaint(List<String> backends, CapturedOutput output) {
		ListenerApplication application = ListenerApplication.start(this.database, Waiting.class,
				backends.toArray(String[]::new));
		UUID id = application.enqueue("waiting-listener-tests", "x");
		application.awaitCompleted("waiting-listener-tests", id);
		String before = output.toString();
		application.close();
		assertThat(output.toString().substring(before.length())).doesNotContain(" WARN ", " ERROR ", "Exception",
				"\tat ");
	}

	static Stream<List<String>> closesWaitingListenersWithoutComplaint() {
		return Stream.of(List.of(),
				List.of("ikigai.services.queues=redis", "ikigai.services.mailboxes=redis",
						"ikigai.services.pubsub=redis", "ikigai.services.cache=redis",
						"ikigai.redis.url=" + RedisServer.shared().url()),
				List.of("ikigai.services.queues=rabbitmq", "ikigai.services.mailboxes=nats",
						"ikigai.services.pubsub=nats", "ikigai.rabbitmq.url=" + RabbitmqServer.shared().url(),
						"ikigai.queues.waiting-listener-tests.tracking=true",
						"ikigai.nats.url=" + NatsServer.shared().url()));
	}

	@Test
	void startsAgainAfterAStop() {
		try (ListenerApplication application = start("5s")) {
			ListenerContainer container = application.listener("leased");
			container.stop();
			container.stop();
			UUID id = application.enqueue("leased", "quick");
			assertThat(container.isRunning()).isFalse();
			container.start();
			container.start();
			assertThat(application.awaitCompleted("leased", id).attempt()).isEqualTo(1);
		}
	}

	private ListenerApplication start(String phase) {
		ListenerApplication application = ListenerApplication.start(this.database, Handlers.class,
				"spring.lifecycle.timeout-per-shutdown-phase=" + phase);
		application.jdbc().execute("CREATE TABLE written (task UUID NOT NULL)");
		return application;
	}

	private ListenerApplication enqueuer() {
		return ListenerApplication.start(this.database, Object.class);
	}

	static class Handlers {

		static final AtomicInteger begun = new AtomicInteger();

		static final AtomicBoolean late = new AtomicBoolean();

		static volatile CountDownLatch release = new CountDownLatch(1);

		private final JdbcTemplate jdbc;

		Handlers(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "leased", id = "leased", concurrency = "2")
		void leased(String what, Task task) throws InterruptedException {
			CountDownLatch released = release;
			begun.incrementAndGet();
			switch (what) {
				case "wait" -> released.await();
				case "stubborn" -> awaitUninterruptibly(released);
				case "late" -> {
					awaitUninterruptibly(released);
					completeLate(task);
				}
				default -> {
				}
			}
		}

		private void completeLate(Task task) {
			try {
				task.complete(() -> {
					this.jdbc.update("INSERT INTO written VALUES (?)", task.id());
				});
			}
			catch (StaleClaimException ex) {
				late.set(true);
			}
		}

		@IkigaiTaskListener(queue = "claimed", claim = ClaimMode.TRANSACTION)
		void claimed(String what, Task task) throws InterruptedException {
			this.jdbc.update("INSERT INTO written VALUES (?)", task.id());
			begun.incrementAndGet();
			release.await();
		}

		private static void awaitUninterruptibly(CountDownLatch latch) {
			while (true) {
				try {
					latch.await();
					return;
				}
				catch (InterruptedException ex) {
					// Stubborn
				}
			}
		}

	}

	/**
	 * Listens to whatever there is.
	 */
	static class Waiting {

		@IkigaiTaskListener("waiting-listener-tests")
		void task(String payload) {
		}

		@MailboxListener("waiting-listener-tests")
		void message(String payload) {
		}

		@TopicListener(topics = "waiting-listener-tests")
		void publication(String payload) {
		}

	}

}
