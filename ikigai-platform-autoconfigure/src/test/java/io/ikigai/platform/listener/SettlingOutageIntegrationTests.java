package io.ikigai.platform.listener;

import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.Shutdown;
import io.lettuce.core.RedisClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of tasks and messages whose handlers end while the server that has them is
 * away.
 */
@ExtendWith(OutputCaptureExtension.class)
class SettlingOutageIntegrationTests {

	@ParameterizedTest
	@CsvSource({ "well, COMPLETED", "fail, FAILED" })
	void settlesTasksWhenItIsBack(String end, TaskState state, CapturedOutput output) {
		try (RedisServer redis = RedisServer.dedicated();
				ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
						Handlers.class, "ikigai.services.queues=redis", "ikigai.redis.url=" + redis.url(),
						"ikigai.queues.retry.max-attempts=1")) {
			Handlers handlers = application.bean(Handlers.class);
			UUID id = application.enqueue("outage", end);
			await().until(() -> handlers.calls.get() == 1);
			// In good order: a killed Redis may lose the task itself, written less than a
			// second ago
			redis.stop(Shutdown.FAST);
			handlers.go.countDown();
			await("the first try").until(() -> output.getAll().contains("cannot be settled yet"));
			redis.start();
			TaskInfo task = await().ignoreExceptions()
				.until(() -> application.task("outage", id), (found) -> found.state() == state);
			assertThat(task.attempt()).isEqualTo(1);
			assertThat(handlers.calls).hasValue(1);
		}
	}

	@Test
	void settlesTasksWhenRedisIsPrimaryAgain(CapturedOutput output) {
		try (RedisServer redis = RedisServer.dedicated();
				RedisClient admin = RedisClient.create(redis.url());
				ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
						Handlers.class, "ikigai.services.queues=redis", "ikigai.redis.url=" + redis.url())) {
			Handlers handlers = application.bean(Handlers.class);
			UUID id = application.enqueue("outage", "well");
			Waits.until("the handler is called", () -> handlers.calls.get() == 1);
			admin.connect().sync().replicaof("127.0.0.1", 1);
			handlers.go.countDown();
			Waits.until("the settlement is refused", () -> output.getAll().contains("cannot be settled yet"));
			admin.connect().sync().replicaofNoOne();
			TaskInfo task = Waits.until("the task is settled", () -> application.task("outage", id),
					(found) -> found.state() == TaskState.COMPLETED);
			assertThat(task.attempt()).isEqualTo(1);
			assertThat(handlers.calls).hasValue(1);
		}
	}

	@Test
	void settlesTasksWhenPostgresIsPrimaryAgain(CapturedOutput output) throws Exception {
		try (ListenerApplication application = ListenerApplication.start(Handlers.class)) {
			Handlers handlers = application.bean(Handlers.class);
			UUID id = application.enqueue("outage", "well");
			Waits.until("the handler is called", () -> handlers.calls.get() == 1);
			readOnly(application.database(), "on");
			handlers.go.countDown();
			Waits.until("the settlement is refused", () -> output.getAll().contains("cannot be settled yet"));
			readOnly(application.database(), "off");
			TaskInfo task = Waits.await("the task is settled")
				.ignoreExceptions()
				.until(() -> application.task("outage", id), (found) -> found.state() == TaskState.COMPLETED);
			assertThat(task.attempt()).isEqualTo(1);
			assertThat(handlers.calls).hasValue(1);
		}
	}

	private static void readOnly(PostgresDatabase database, String value) throws Exception {
		String name = database.queryForText("SELECT current_database()");
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			statement.execute("SET default_transaction_read_only = off");
			statement.execute("ALTER DATABASE \"" + name + "\" SET default_transaction_read_only = " + value);
			statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
					+ " WHERE datname = current_database() AND pid <> pg_backend_pid()");
		}
	}

	@Test
	void settlesMessagesWhenItIsBack(CapturedOutput output) {
		try (NatsServer nats = NatsServer.dedicated();
				ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
						Handlers.class, "ikigai.services.mailboxes=nats", "ikigai.nats.url=" + nats.url())) {
			Handlers handlers = application.bean(Handlers.class);
			Mailbox mailbox = application.platform().mailbox("outage");
			mailbox.send("first");
			mailbox.send("second");
			await().until(() -> handlers.calls.get() == 1);
			nats.stop(Shutdown.IMMEDIATE);
			handlers.go.countDown();
			// The driver's side tries by itself at first
			await("the first try").until(() -> output.getAll().contains("cannot be settled yet"));
			nats.start();
			await().ignoreExceptions().until(() -> mailbox.unread() == 0);
			assertThat(handlers.calls).hasValue(2);
		}
	}

	static class Handlers {

		private final AtomicInteger calls = new AtomicInteger();

		private final CountDownLatch go = new CountDownLatch(1);

		@MailboxListener("outage")
		void receive(String text) throws InterruptedException {
			this.calls.incrementAndGet();
			this.go.await();
		}

		@IkigaiTaskListener(queue = "outage")
		void handle(String end, Task task) throws InterruptedException {
			this.calls.incrementAndGet();
			this.go.await();
			if (end.equals("fail")) {
				throw new IllegalStateException("deliberate");
			}
		}

	}

}
