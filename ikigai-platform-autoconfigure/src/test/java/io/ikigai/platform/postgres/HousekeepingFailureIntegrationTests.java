package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;

import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.transaction.CallerTransactions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a failing piece of the housekeeping does to everything else: nothing.
 */
class HousekeepingFailureIntegrationTests {

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private static PostgresDatabase database;

	private static LocalAgent agent;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		agent = LocalAgent.start(database, "survivor", "ikigai.queues.poll-interval=10m",
				"ikigai.cache.regions.prices.near.max-staleness=1h", "logging.level.io.ikigai.platform.postgres=error");
		Waits.until("the agent listens", () -> agent.bean(PostgresBackend.class).condition().up());
	}

	@AfterAll
	static void stop() {
		agent.close();
	}

	@AfterEach
	void stopTimer() {
		this.timer.shutdownNow();
	}

	@Test
	void reclaimsOtherTasksThanTheOneThatCannotBe() throws Exception {
		String listener = listener();
		agent.jdbc().execute("""
				CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN RAISE EXCEPTION 'not this one'; END $$""");
		agent.jdbc().execute("""
				CREATE TRIGGER refuse BEFORE UPDATE ON task_queue FOR EACH ROW
				WHEN (NEW.payload = '"stuck"' AND NEW.deaths > OLD.deaths) EXECUTE FUNCTION refuse()""");
		try {
			agent.queue("reclaimed").enqueue("stuck");
			UUID beside = agent.queue("reclaimed").enqueue("beside");
			UUID other = agent.queue("elsewhere").enqueue("other");
			assertThat(agent.queue("reclaimed").claim(2)).hasSize(2);
			assertThat(agent.queue("elsewhere").claim()).isPresent();
			endLeases();
			Waits.until("the innocent tasks are back", () -> state("reclaimed", beside) == TaskState.READY
					&& state("elsewhere", other) == TaskState.READY);
			Waits.untilAsserted("health tells why",
					() -> assertThat(failing().get("reclaim")).contains("not this one"));
			assertThat(listener()).isEqualTo(listener);
		}
		finally {
			agent.jdbc().execute("DROP FUNCTION refuse() CASCADE");
		}
	}

	@Test
	void countsWorkerDeathsWithoutOverflow() throws Exception {
		String listener = listener();
		UUID id = agent.queue("numbers").enqueue("largest");
		UUID beside = agent.queue("numbers").enqueue("beside");
		agent.jdbc().update("ALTER TABLE task_queue DROP CONSTRAINT IF EXISTS ikigai_task_queue_ranges");
		agent.jdbc().update("UPDATE task_queue SET deaths = 2147483647, attempt = 2147483647 WHERE id = ?", id);
		agent.queue("numbers").claim(2);
		endLeases();
		Waits.until("the neighbour is back", () -> state("numbers", beside) == TaskState.READY);
		Waits.until("the task that killed too many workers has failed", () -> state("numbers", id) == TaskState.FAILED);
		assertThat(listener()).isEqualTo(listener);
	}

	@Test
	void looksAtTheRestWhenOnePartOfTheLookFails() throws Exception {
		String listener = listener();
		database.execute("ALTER TABLE ikigai_topic_message RENAME TO out_of_reach");
		try {
			Waits.untilAsserted("health tells the part", () -> assertThat(failing()).containsKey("topics"));
			UUID id = agent.queue("look").enqueue("reclaimed");
			assertThat(agent.queue("look").claim()).isPresent();
			endLeases();
			Waits.until("the task is back", () -> state("look", id) == TaskState.READY);
		}
		finally {
			database.execute("ALTER TABLE out_of_reach RENAME TO ikigai_topic_message");
		}
		Waits.untilAsserted("health is as before", () -> assertThat(failing()).doesNotContainKey("topics"));
		assertThat(listener()).isEqualTo(listener);
	}

	@Test
	void keepsListeningWhateverIsNotified() throws Exception {
		agent.platform().cache("prices").set("a", 1);
		String listener = listener();
		for (String payload : new String[] { "{\"region\":\"prices\",\"keys\":[null]}",
				"{\"region\":\"prices\",\"keys\":1}", "[]", "null", "{\"region\":null}", "\"\"",
				"{\"region\":\"prices\",\"keys\":[[]]}", "" }) {
			agent.jdbc().queryForList("SELECT pg_notify('ikigai_cache', ?)", payload);
		}
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		try (AutoCloseable waiting = agent.queue("after").onReady(() -> received.add("woken"))) {
			agent.jdbc().update("INSERT INTO task_queue (queue_name, payload) VALUES ('after', '{}')");
			Waits.next("a later notification", received);
		}
		assertThat(listener()).isEqualTo(listener);
	}

	@Test
	void opensConnectionsThatBreakAtOnceAfterGrowingPauses() {
		BlockingQueue<Long> opened = new LinkedBlockingQueue<>();
		DriverManagerDataSource server = new DriverManagerDataSource(database.url(), database.username(),
				database.password());
		DelegatingDataSource breaking = new DelegatingDataSource(server) {

			@Override
			public Connection getConnection() throws SQLException {
				opened.add(System.nanoTime());
				Connection connection = super.getConnection();
				try (Statement statement = connection.createStatement()) {
					statement.execute("SET idle_session_timeout = '50ms'");
				}
				return connection;
			}

		};
		Wakeups wakeups = new Wakeups();
		Schema schema = new Schema("public");
		JdbcTemplate jdbc = new JdbcTemplate(server);
		try (QueueAnnouncer announcer = new QueueAnnouncer(jdbc,
				new CallerTransactions(server, server, new JdbcTransactionManager(server)), wakeups, this.timer,
				QueueAnnouncer.PAUSE);
				SideConnection topics = new SideConnection(server, "topics", Duration.ofSeconds(20));
				ListenConnection connection = new ListenConnection(breaking, announcer, ProcessIdentity.fresh(),
						wakeups,
						new Housekeeping(schema, ProcessIdentity.fresh(), wakeups, this.timer,
								new LostClaims(schema, 5, announcer), new LostMailboxes(schema, announcer),
								new QueueStatistics(jdbc, schema, this.timer),
								new TopicReader(new TopicSql(topics, schema)), Duration.ofSeconds(10)))) {
			connection.start();
			long[] before = { Waits.next("the first connection", opened) };
			Waits.until("a pause of a second", () -> {
				long next = Waits.next("the next connection", opened);
				long pause = next - before[0];
				before[0] = next;
				return pause >= Duration.ofSeconds(1).toNanos();
			});
		}
	}

	private static Map<String, String> failing() {
		return agent.bean(PostgresBackend.class).condition().failing();
	}

	private static void endLeases() {
		agent.jdbc().update("""
				UPDATE task_queue SET lease_expires_at = now() - interval '1 s' WHERE lease_expires_at IS NOT NULL""");
		agent.jdbc().update("UPDATE ikigai_task_claim SET expires_at = now() - interval '1 s'");
	}

	private static TaskState state(String queue, UUID id) {
		return agent.queue(queue).find(id).map(TaskInfo::state).orElseThrow();
	}

	private static String listener() throws SQLException {
		return Waits.until("a listener", () -> database.queryForText("""
				SELECT coalesce(min(pid::text), '') FROM pg_stat_activity
				WHERE application_name = 'ikigai-listen' AND datname = current_database()"""), (pid) -> !pid.isEmpty());
	}

}
