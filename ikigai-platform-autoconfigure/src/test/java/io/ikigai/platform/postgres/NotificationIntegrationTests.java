package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a program gets that LISTENs on a queue's channel.
 */
class NotificationIntegrationTests {

	private static final String QUEUE = "monitoring-tasks";

	private static PostgresDatabase database;

	private static PostgresApplication application;

	private Connection connection;

	private TaskQueue queue;

	@BeforeAll
	static void startApplication() {
		database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database);
	}

	@AfterAll
	static void stopApplication() {
		application.close();
	}

	@BeforeEach
	void connect() throws SQLException {
		this.connection = database.connect();
		this.queue = application.platform().queue(QUEUE);
	}

	@AfterEach
	void disconnect() throws SQLException {
		this.connection.close();
		database.execute("DELETE FROM task_queue");
	}

	@Test
	void tellsIdAndPriorityOfWhatThePlatformEnqueued() throws SQLException {
		execute("LISTEN monitoring_tasks");
		UUID id = this.queue.enqueue("x", TaskOptions.of().withPriority(7));
		tells(next(), id, 7);
		List<UUID> ids = this.queue.enqueueAll(List.of(1, 2, 3), TaskOptions.of().withPriority(3));
		JsonNode json = next();
		assertThat(ids).contains(UUID.fromString(json.get("id").stringValue()));
		assertThat(json.get("priority").intValue()).isEqualTo(3);
	}

	@Test
	void tellsIdAndPriorityOfWhatPlainSqlInserted() throws SQLException {
		execute("LISTEN monitoring_tasks");
		UUID id = new PlainSqlQueue(this.connection, QUEUE).insert("1");
		tells(next(), id, 0);
	}

	@Test
	void tellsOfATaskThatIsReadyAgain() throws SQLException {
		execute("LISTEN monitoring_tasks");
		UUID id = this.queue.enqueue("x", TaskOptions.of().withPriority(4));
		tells(next(), id, 4);
		Task task = this.queue.claim().orElseThrow();
		task.retry(Duration.ZERO, "again");
		tells(next(), task.id(), 4);
		this.queue.claim().orElseThrow().fail("no");
		this.queue.redrive(task.id());
		tells(next(), task.id(), 4);
		this.queue.claim().orElseThrow().fail("no");
		this.queue.redriveFailed();
		tells(next(), task.id(), 4);
		this.queue.pause();
		this.queue.resume();
		tells(next(), task.id(), 4);
	}

	@Test
	void tellsNothingBeforeTheCommitOrAfterARollback() throws SQLException {
		execute("LISTEN monitoring_tasks");
		UUID committed = application.platform().transaction(() -> {
			UUID id = this.queue.enqueue("x");
			assertThat(receivedUntil("NOTIFY \"end\"")).isEmpty();
			return id;
		});
		tells(next(), committed, 0);
		assertThat(rolledBack()).isTrue();
		UUID last = this.queue.enqueue("y");
		tells(next(), last, 0);
	}

	private boolean rolledBack() {
		try {
			application.platform().transaction((Runnable) () -> {
				this.queue.enqueue("never");
				throw new IllegalStateException("rolled back");
			});
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

	@Test
	void tellsOfManyTasksWithFewNotifications() throws SQLException {
		execute("LISTEN monitoring_tasks");
		this.queue.enqueueAll(IntStream.range(0, 10_000).boxed().toList());
		// They are sent by another thread, all that there is at once.
		execute("LISTEN \"end\"");
		application.platform().queue("end").enqueue("x");
		assertThat(receivedUntil("SELECT 1")).hasSizeBetween(1, 10);
		new PlainSqlQueue(this.connection, QUEUE).insertMany(10_000);
		assertThat(receivedByNow()).hasSize(1);
	}

	@Test
	void tellsEachQueueOfAMixedInsertOnce() throws SQLException {
		execute("LISTEN q_0; LISTEN q_1; LISTEN q_2; LISTEN q_3");
		execute("INSERT INTO task_queue (queue_name, payload) SELECT 'q-' || n % 4, '1' FROM generate_series(1, 2000) n");
		assertThat(receivedByNow()).hasSize(4);
		execute("INSERT INTO task_queue (queue_name, payload) VALUES ('q-1', '1')");
		assertThat(receivedByNow()).hasSize(1);
	}

	@Test
	void tellsOfAnInsertAfterOneThatWasUndone() throws SQLException {
		execute("LISTEN monitoring_tasks");
		String insert = "INSERT INTO task_queue (queue_name, payload) VALUES ('monitoring-tasks', '1')";
		execute("BEGIN; SAVEPOINT s; " + insert + "; ROLLBACK TO s; " + insert + "; COMMIT");
		assertThat(receivedByNow()).hasSize(1);
		execute("BEGIN; " + insert + "; ROLLBACK");
		execute(insert);
		assertThat(receivedByNow()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "monitoring-tasks, monitoring_tasks", "Orders.New, orders_new", "a_b9, a_b9", "ÄÖÜ, ___",
			"'\"quoted\" ''it''', _quoted___it_", "'a\uD83D\uDE80b', a_b", "'e\u0301', e_", "İIı, _i_", "' ', _" })
	void namesTheChannelAsTheContractDoes(String name, String channel) throws SQLException {
		assertThat(ChannelName.ofQueue(name)).isEqualTo(channel);
		isNotifiedOn(channel, name);
	}

	@ParameterizedTest
	@ValueSource(ints = { 62, 63, 64, 100, 255 })
	void cutsLongChannels(int length) throws SQLException {
		for (String character : List.of("x", "X", "漢", "-")) {
			String name = character.repeat(length);
			String channel = ChannelName.ofQueue(name);
			assertThat(channel.length()).isEqualTo(Math.min(length, 63));
			if (length > 63) {
				String md5 = database.queryForText("SELECT md5('" + name + "')");
				assertThat(channel).endsWith("_" + md5.substring(0, 8));
			}
			isNotifiedOn(channel, name);
		}
	}

	private void isNotifiedOn(String channel, String name) throws SQLException {
		execute("LISTEN \"" + channel + "\"");
		UUID inserted = new PlainSqlQueue(this.connection, name).insert("1");
		tells(next(), inserted, 0);
		UUID enqueued = application.platform().queue(name).enqueue("x");
		tells(next(), enqueued, 0);
	}

	@Test
	void doesNotStandInTheWayOfAQueueWithoutAName() throws SQLException {
		execute("INSERT INTO task_queue (queue_name, payload) VALUES ('', '1')");
		assertThat(application.platform().queues()).contains("");
	}

	private static void tells(JsonNode json, UUID id, int priority) {
		assertThat(json.get("id").stringValue()).isEqualTo(id.toString());
		assertThat(json.get("priority").intValue()).isEqualTo(priority);
		assertThat(json.get("priority").isInt()).isTrue();
	}

	private JsonNode next() {
		List<String> received = new ArrayList<>();
		await().until(() -> {
			for (PGNotification notification : notifications()) {
				received.add(notification.getParameter());
			}
			return !received.isEmpty();
		});
		assertThat(received).hasSize(1);
		return new JsonMapper().readTree(received.get(0));
	}

	/**
	 * Everything that was announced until now: what is announced of another queue comes
	 * last.
	 */
	private List<String> receivedByNow() {
		return receivedUntil("INSERT INTO task_queue (queue_name, payload) VALUES ('end', '1')");
	}

	private List<String> receivedUntil(String end) {
		try {
			execute("LISTEN \"end\"");
			execute(end);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		List<String> received = new ArrayList<>();
		await("the last notification").until(() -> {
			for (PGNotification notification : notifications()) {
				if (notification.getName().equals("end")) {
					return true;
				}
				received.add(notification.getParameter());
			}
			return false;
		});
		return received;
	}

	private PGNotification[] notifications() throws SQLException {
		PGNotification[] notifications = this.connection.unwrap(PGConnection.class).getNotifications(20);
		return (notifications != null) ? notifications : new PGNotification[0];
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
