package io.ikigai.platform.listener;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Transactions on whose commit the application gets no answer, as when the connection
 * breaks just then. They settle tasks and messages.
 */
@ParameterizedClass
@EnumSource
class UnknownCommitIntegrationTests {

	private static ListenerApplication application;

	@Parameter
	Services services;

	@BeforeParameterizedClassInvocation
	static void start(Services services) {
		application = ListenerApplication.start(PostgresServer.shared().freshDatabase(), Handlers.class,
				services.properties());
		application.jdbc().execute("CREATE TABLE written (id UUID NOT NULL)");
		application.jdbc().execute("CREATE TABLE written_in_order (id UUID NOT NULL, position bigserial)");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	private static int written(UUID id) {
		return application.jdbc().queryForObject("SELECT count(*) FROM written WHERE id = ?", Integer.class, id);
	}

	@ParameterizedTest
	@ValueSource(strings = { "unknown-transactional", "unknown-in-transaction", "unknown-writes" })
	void handlesOnceWhatWasCommittedWithoutAnAnswer(String queue) {
		UUID id = application.enqueue(queue, "committed");
		TaskInfo task = application.awaitCompleted(queue, id);
		assertThat(task.attempt()).isEqualTo(1);
		// What comes later is handled, so that nothing of the first one is left
		UUID next = application.enqueue(queue, "well");
		application.awaitCompleted(queue, next);
		assertThat(written(id)).isOne();
		assertThat(Handlers.handled).doesNotContainKey("again " + id);
	}

	@ParameterizedTest
	@ValueSource(strings = { "unknown-transactional", "unknown-in-transaction", "unknown-writes" })
	void handlesAgainWhatWasRolledBackWithoutAnAnswer(String queue) {
		UUID id = application.enqueue(queue, "rolled back");
		Waits.until("the task is completed", () -> application.task(queue, id).state() == TaskState.COMPLETED);
		assertThat(written(id)).isOne();
		assertThat(Handlers.handled).containsKey("again " + id);
	}

	@Test
	void doesNotGiveBackWhatAClaimOfItsTransactionHasSettled() {
		UUID id = application.enqueue("unknown-by-hand", "x");
		assertThatExceptionOfType(TransactionSystemException.class)
			.isThrownBy(() -> application.platform().transaction(() -> {
				application.platform().queue("unknown-by-hand").claim(Waits.LIMIT).orElseThrow().complete();
				LostAnswers.losing.set("committed");
			}));
		assertThat(application.task("unknown-by-hand", id).state()).isEqualTo(TaskState.COMPLETED);
		assertThat(application.platform().queue("unknown-by-hand").claim()).isEmpty();
	}

	@Test
	void settlesWhatIsSettledAlreadyWhenAnotherTransactionMeetsIt() {
		UUID id = application.enqueue("unknown-by-hand", "x");
		Task task = application.platform().queue("unknown-by-hand").claim(Waits.LIMIT).orElseThrow();
		assertThatExceptionOfType(TransactionSystemException.class)
			.isThrownBy(() -> application.platform().transaction(() -> {
				task.complete();
				LostAnswers.losing.set("committed");
			}));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> application.platform().transaction(() -> {
			task.complete();
		}));
		assertThat(application.task("unknown-by-hand", id).state()).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void acknowledgesMessagesOnce() {
		UUID id = mailbox().send("committed");
		UUID next = mailbox().send("well");
		Waits.until("the messages are read", () -> mailbox().unread() == 0);
		assertThat(written(id)).isOne();
		assertThat(written(next)).isOne();
		assertThat(Handlers.handled).doesNotContainKey("again " + id);
	}

	@Test
	void handlesInOrderWhatCameWithAMessageThatWasAcknowledgedWithoutAnAnswer() {
		List<UUID> ids = application.platform()
			.transaction(() -> IntStream.range(0, 45)
				.mapToObj((i) -> application.platform().mailbox("unknown-order").send((i == 2) ? "committed" : "well"))
				.toList());
		Waits.until("the messages are read", () -> application.platform().mailbox("unknown-order").unread() == 0);
		assertThat(application.jdbc().queryForList("SELECT id FROM written_in_order ORDER BY position", UUID.class))
			.isEqualTo(ids);
	}

	private static Mailbox mailbox() {
		return application.platform().mailbox("unknown");
	}

	/**
	 * Where the services are.
	 */
	enum Services {

		POSTGRES, REDIS_AND_NATS, RABBITMQ_AND_REDIS;

		String[] properties() {
			if (this == POSTGRES) {
				return new String[] { "ikigai.queues.lease=2s" };
			}
			return (this == REDIS_AND_NATS)
					? new String[] { "ikigai.services.queues=redis", "ikigai.services.mailboxes=nats",
							"ikigai.redis.url=" + RedisServer.shared().url(),
							"ikigai.nats.url=" + NatsServer.shared().url(), "ikigai.queues.lease=2s" }
					: new String[] { "ikigai.services.queues=rabbitmq", "ikigai.services.mailboxes=redis",
							"ikigai.rabbitmq.url=" + RabbitmqServer.shared().url(), "ikigai.rabbitmq.tracking=true",
							"ikigai.redis.url=" + RedisServer.shared().url(), "ikigai.queues.lease=2s" };
		}

	}

	/**
	 * Commits or rolls back, and then doesn't know.
	 */
	static class LostAnswers extends JdbcTransactionManager {

		private static final long serialVersionUID = 1L;

		static final ThreadLocal<String> losing = new ThreadLocal<>();

		LostAnswers(DataSource dataSource) {
			super(dataSource);
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			String losing = LostAnswers.losing.get();
			LostAnswers.losing.remove();
			if ("rolled back".equals(losing)) {
				super.doRollback(status);
			}
			else {
				super.doCommit(status);
			}
			if (losing != null) {
				throw new TransactionSystemException("no answer");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Manager {

		@Bean
		PlatformTransactionManager transactionManager(DataSource dataSource) {
			return new LostAnswers(dataSource);
		}

	}

	@Import(Manager.class)
	static class Handlers {

		static final ConcurrentHashMap<String, Boolean> handled = new ConcurrentHashMap<>();

		private final JdbcTemplate jdbc;

		Handlers(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		@IkigaiTaskListener(queue = "unknown-transactional")
		public void transactional(String what, Task task) {
			write(what, task.id());
		}

		@IkigaiTaskListener(queue = "unknown-in-transaction", claim = ClaimMode.TRANSACTION)
		public void inTransaction(String what, Task task) {
			write(what, task.id());
		}

		@IkigaiTaskListener(queue = "unknown-writes")
		public void writes(String what, Task task) {
			task.complete(() -> write(what, task.id()));
		}

		@Transactional
		@MailboxListener("unknown")
		public void message(String what, MailboxMessage message) {
			write(what, message.id());
		}

		@Transactional
		@MailboxListener("unknown-order")
		public void messageInOrder(String what, MailboxMessage message) {
			write(what, message.id());
			this.jdbc.update("INSERT INTO written_in_order VALUES (?)", message.id());
		}

		private void write(String what, UUID id) {
			this.jdbc.update("INSERT INTO written VALUES (?)", id);
			if (handled.putIfAbsent(String.valueOf(id), true) != null) {
				handled.put("again " + id, true);
			}
			else if (Set.of("committed", "rolled back").contains(what)) {
				LostAnswers.losing.set(what);
			}
		}

	}

}
