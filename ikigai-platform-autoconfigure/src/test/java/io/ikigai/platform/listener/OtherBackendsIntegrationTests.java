package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.PubSubStatus;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners whose queues and topics are on Redis and whose mailboxes are on NATS.
 */
class OtherBackendsIntegrationTests {

	private static ListenerApplication application;

	private static Handlers handlers;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(PostgresServer.shared().freshDatabase(), Handlers.class,
				"ikigai.services.queues=redis", "ikigai.services.mailboxes=nats", "ikigai.services.pubsub=redis",
				"ikigai.redis.url=" + RedisServer.shared().url(), "ikigai.nats.url=" + NatsServer.shared().url(),
				"ikigai.queues.retry.max-attempts=2", "ikigai.mailboxes.poll-interval=10m",
				"ikigai.mailboxes.retry.delay=20ms", "ikigai.mailboxes.retry.jitter=0");
		application.jdbc().execute("CREATE TABLE written (task UUID NOT NULL, attempt INT NOT NULL)");
		application.jdbc()
			.execute("CREATE TABLE once (task UUID, CONSTRAINT only_once UNIQUE (task) DEFERRABLE INITIALLY DEFERRED)");
		application.jdbc().update("INSERT INTO once VALUES ('00000000-0000-0000-0000-000000000001')");
		handlers = application.bean(Handlers.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void forget() {
		handlers.seen().clear();
	}

	@Test
	void handlesTasksAtTheSameTime() {
		List<UUID> ids = application.platform()
			.queue("other-plain")
			.enqueueAll(IntStream.range(0, 40).boxed().toList());
		ids.forEach((id) -> application.awaitCompleted("other-plain", id));
		assertThat(application.task("other-plain", ids.get(7)).result()).isEqualTo("14");
		assertThat(handlers.most()).hasValueBetween(2, 4);
	}

	@ParameterizedTest
	@ValueSource(strings = { "other-leased", "other-transactional", "other-in-transaction" })
	void completesWhatAHandlerHasWritten(String queue) {
		UUID id = application.enqueue(queue, "well");
		assertThat(application.awaitCompleted(queue, id).attempt()).isEqualTo(1);
		assertThat(written(id)).isEqualTo(1);
		await().untilAsserted(() -> assertThat(handlers.seen()).containsExactlyInAnyOrder("news " + id, "mail " + id));
	}

	@ParameterizedTest
	@ValueSource(strings = { "other-leased", "other-transactional", "other-in-transaction" })
	void rollsBackAFailedAttemptAndTriesAgain(String queue) {
		UUID id = application.enqueue(queue, "fail once");
		TaskInfo task = application.awaitCompleted(queue, id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(application.jdbc().queryForList("SELECT attempt FROM written WHERE task = ?", Integer.class, id))
			.containsExactly(2);
		await().untilAsserted(() -> assertThat(handlers.seen()).containsExactlyInAnyOrder("news " + id, "mail " + id));
	}

	@ParameterizedTest
	@ValueSource(strings = { "other-leased", "other-transactional", "other-in-transaction" })
	void givesUpATaskThatFailsAgainAndAgain(String queue) {
		UUID id = application.enqueue(queue, "fail");
		TaskInfo task = application.awaitFailed(queue, id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("refused fail");
		assertThat(written(id)).isZero();
		assertThat(handlers.seen()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "other-leased", "other-transactional", "other-in-transaction" })
	void countsARefusedCommitAsAFailedAttempt(String queue) {
		UUID id = application.enqueue(queue, "constraint");
		TaskInfo task = application.awaitFailed(queue, id);
		assertThat(task.attempt()).isEqualTo(2);
		assertThat(task.error()).contains("only_once");
		assertThat(written(id)).isZero();
		assertThat(handlers.seen()).isEmpty();
	}

	@Test
	void failsAPayloadThatDoesNotFitAtOnce() {
		UUID id = application.enqueue("other-plain", List.of("no number"));
		TaskInfo task = application.awaitFailed("other-plain", id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.error()).contains("PayloadException");
	}

	@Test
	void handlesWhatIsDueAndCancelsWhatIsNot() {
		UUID due = application.platform()
			.queue("other-plain")
			.enqueue(1, TaskOptions.of().withDelay(Duration.ofMillis(700)));
		UUID late = application.platform()
			.queue("other-plain")
			.enqueue(2, TaskOptions.of().withDelay(Duration.ofHours(1)));
		assertThat(application.platform().queue("other-plain").cancel(late)).isTrue();
		TaskInfo task = application.awaitCompleted("other-plain", due);
		assertThat(task.claimedAt()).isAfterOrEqualTo(task.scheduledFor());
		assertThat(application.task("other-plain", late).state()).isEqualTo(TaskState.CANCELLED);
	}

	@Test
	void handlesBatches() {
		List<UUID> ids = application.platform().queue("other-lists").enqueueAll(List.of(1, 2, "bad", 4));
		for (int i : new int[] { 0, 1, 3 }) {
			application.awaitCompleted("other-lists", ids.get(i));
		}
		application.awaitFailed("other-lists", ids.get(2));
	}

	@Test
	void repliesWithWhatTheHandlerReturns() throws Exception {
		assertThat(mailbox("other-answers").ask(20, Integer.class, Waits.LIMIT).get()).isEqualTo(21);
	}

	@Test
	void triesMessagesAgainBeforeLaterOnesAndGivesThemUp() {
		mailbox("other-failing").send("bad");
		mailbox("other-failing").send("later");
		await().until(() -> mailbox("other-failing").unread() == 0);
		assertThat(handlers.seen()).containsExactly("bad 1", "bad 2", "bad 3", "later 1");
	}

	@Test
	void rollsBackWhatTheHandlerOfAMessageHasWritten() {
		UUID id = mailbox("other-writing").send("x");
		await().until(() -> mailbox("other-writing").unread() == 0);
		assertThat(application.jdbc().queryForList("SELECT attempt FROM written WHERE task = ?", Integer.class, id))
			.containsExactly(2);
		await().untilAsserted(() -> assertThat(handlers.seen()).containsExactly("news 2"));
	}

	@Test
	void handlesTopicsInOrderAndGoesOnAfterFailures() {
		PubSubStatus status = application.bean(PubSubStatus.class);
		long failed = status.failed();
		for (int i = 0; i < 20; i++) {
			application.bean(PubSub.class).publish((i % 2 == 0) ? "other-even" : "other-odd", i);
		}
		application.bean(PubSub.class).publish("other-odd", "no number");
		application.bean(PubSub.class).publish("other-even", 20);
		await().untilAsserted(() -> assertThat(handlers.seen()).isEqualTo(IntStream.rangeClosed(0, 20)
			.mapToObj((number) -> ((number % 2 == 0) ? "other-even " : "other-odd ") + number)
			.toList()));
		await().until(() -> status.failed() == failed + 1);
		assertThat(status.missed()).isZero();
	}

	private static Mailbox mailbox(String name) {
		return application.platform().mailbox(name);
	}

	private static int written(UUID id) {
		Integer count = application.jdbc()
			.queryForObject("SELECT count(*) FROM written WHERE task = ?", Integer.class, id);
		return (count != null) ? count : 0;
	}

	static class Handlers {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		private final CountDownLatch two = new CountDownLatch(2);

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private final Platform platform;

		private final JdbcTemplate jdbc;

		Handlers(Platform platform, JdbcTemplate jdbc) {
			this.platform = platform;
			this.jdbc = jdbc;
		}

		// The bean is a proxy, whose own fields are empty
		public List<String> seen() {
			return this.seen;
		}

		public AtomicInteger most() {
			return this.most;
		}

		@IkigaiTaskListener(queue = "other-plain", concurrency = "4")
		public int handle(int number) throws InterruptedException {
			this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			if (number >= 10) {
				this.two.countDown();
				this.two.await();
			}
			this.running.decrementAndGet();
			return number * 2;
		}

		@IkigaiTaskListener(queue = "other-leased")
		public void leased(String what, Task task) {
			task.complete(() -> write(what, task));
		}

		@Transactional
		@IkigaiTaskListener(queue = "other-transactional")
		public void transactional(String what, Task task) {
			write(what, task);
		}

		@IkigaiTaskListener(queue = "other-in-transaction", claim = ClaimMode.TRANSACTION)
		public void inTransaction(String what, Task task) {
			write(what, task);
		}

		private void write(String what, Task task) {
			this.jdbc.update("INSERT INTO written VALUES (?, ?)", task.id(), task.attempt());
			this.platform.mailbox("other-mail").send(task.id());
			this.platform.pubsub().publish("other-news", task.id());
			if (what.equals("constraint")) {
				this.jdbc.update("INSERT INTO once VALUES ('00000000-0000-0000-0000-000000000001')");
			}
			if (what.equals("fail") || what.equals("fail once") && task.attempt() == 1) {
				throw new IllegalStateException("refused " + what);
			}
		}

		@IkigaiTaskListener(queue = "other-lists", batch = "true")
		public void list(List<Integer> numbers) {
			assertThat(numbers).isSubsetOf(1, 2, 4);
		}

		@MailboxListener("other-mail")
		public void mail(String id) {
			this.seen.add("mail " + id);
		}

		@MailboxListener("other-answers")
		public int answer(int number) {
			return number + 1;
		}

		@MailboxListener(mailbox = "other-failing", maxAttempts = "3")
		public void fail(String text, MailboxMessage message) {
			this.seen.add(text + " " + message.attempt());
			if (text.equals("bad")) {
				throw new IllegalStateException("refused " + text);
			}
		}

		@Transactional
		@MailboxListener("other-writing")
		public void write(String text, MailboxMessage message) {
			this.jdbc.update("INSERT INTO written VALUES (?, ?)", message.id(), message.attempt());
			this.platform.pubsub().publish("other-news", String.valueOf(message.attempt()));
			if (message.attempt() == 1) {
				throw new IllegalStateException("first");
			}
		}

		@TopicListener(topics = "other-news")
		public void news(String what) {
			this.seen.add("news " + what);
		}

		@TopicListener(topics = { "other-even", "other-odd" })
		public void number(int number, @Header("topic") String topic) {
			this.seen.add(topic + " " + number);
		}

	}

}
