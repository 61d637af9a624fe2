package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.logging.LoggingSystem;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the platform's tables come into a database.
 */
class SchemaIntegrationTests {

	private static final String OWN_MIGRATIONS = "spring.flyway.locations=classpath:io/ikigai/platform/postgres/own";

	/** The contract's tables as another program may have made them. */
	static final String CONTRACT_TABLES = """
			CREATE TABLE task_queue (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), queue_name TEXT NOT NULL,
				payload JSONB NOT NULL, priority INTEGER DEFAULT 0, scheduled_for TIMESTAMPTZ DEFAULT now(), claimed_by TEXT,
				claimed_at TIMESTAMPTZ, completed_at TIMESTAMPTZ, failed_at TIMESTAMPTZ, error TEXT,
				created_at TIMESTAMPTZ DEFAULT now());
			CREATE TABLE mailbox (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), mailbox_name TEXT NOT NULL,
				sender TEXT NOT NULL, payload JSONB NOT NULL, created_at TIMESTAMPTZ DEFAULT now(), read_at TIMESTAMPTZ,
				read_by TEXT);
			CREATE TABLE agent_registry (name TEXT PRIMARY KEY, version TEXT NOT NULL, manifest JSONB NOT NULL,
				deployed_at TIMESTAMPTZ, status TEXT, last_heartbeat TIMESTAMPTZ, server TEXT);
			CREATE TABLE telemetry (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), agent_name TEXT NOT NULL,
				event_type TEXT NOT NULL, payload JSONB NOT NULL, created_at TIMESTAMPTZ DEFAULT now());
			""";

	private PostgresDatabase database;

	// Boot's logging system is one for the JVM, and no two applications may start it at
	// the same time.
	@BeforeAll
	static void leaveLoggingAlone() {
		System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
	}

	@AfterAll
	static void takeLoggingBack() {
		System.clearProperty(LoggingSystem.SYSTEM_PROPERTY);
	}

	@BeforeEach
	void freshDatabase() {
		this.database = PostgresServer.shared().freshDatabase();
	}

	@Test
	void keepsAHistoryOfItsOwn() throws SQLException {
		PostgresApplication.start(this.database).close();
		assertThat(this.database.queryForText("SELECT string_agg(tablename, ',') FROM pg_tables "
				+ "WHERE schemaname = 'public' AND tablename LIKE '%history'"))
			.isEqualTo("ikigai_schema_history");
		try (PostgresApplication again = PostgresApplication.start(this.database)) {
			worksOn(again, "public");
		}
	}

	@Test
	void keepsTheContractsColumns() throws SQLException {
		this.database.execute("CREATE SCHEMA plain; SET search_path = plain; " + CONTRACT_TABLES);
		PostgresApplication.start(this.database).close();
		assertThat(this.database.queryForText("""
				SELECT string_agg(p.table_name || '.' || p.column_name, ', ') FROM information_schema.columns p
				LEFT JOIN information_schema.columns c ON c.table_schema = 'public' AND c.table_name = p.table_name
					AND c.column_name = p.column_name AND c.data_type = p.data_type AND c.is_nullable = p.is_nullable
					AND c.column_default IS NOT DISTINCT FROM p.column_default
				WHERE p.table_schema = 'plain' AND c.column_name IS NULL""")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ikigai", "Upper Case", "we\"ird ; -- 'x'", "漢字", "select", "$1?:x" })
	void livesInAnySchema(String schema) throws SQLException {
		try (PostgresApplication application = PostgresApplication.start(this.database,
				"ikigai.postgres.schema=" + schema)) {
			worksOn(application, schema);
			sweep(application, schema);
		}
		assertThat(this.database.queryForText("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
			.isEqualTo("0");
	}

	private static void sweep(PostgresApplication application, String schema) {
		RetentionIntegrationTests.sweep(application, schema).run();
		assertThat(application.platform().queues()).isEmpty();
	}

	@Test
	void ordersAdoptedMessagesByTheirTime() throws SQLException {
		this.database.execute(CONTRACT_TABLES + """
				INSERT INTO mailbox (mailbox_name, sender, payload, created_at) VALUES
					('m', 'x', '3', now() - interval '1 minute'), ('m', 'x', '1', now() - interval '3 minutes'),
					('m', 'x', '2', now() - interval '2 minutes'), ('m', 'x', '0', NULL);
				""");
		try (PostgresApplication application = PostgresApplication.start(this.database)) {
			Mailbox mailbox = application.platform().mailbox("m");
			mailbox.send(4);
			assertThat(mailbox.receive(10)).extracting(MailboxMessage::json).containsExactly("0", "1", "2", "3", "4");
		}
	}

	@Test
	void hasTwoInstallationsInOneDatabase() throws SQLException {
		try (PostgresApplication one = PostgresApplication.start(this.database);
				PostgresApplication other = PostgresApplication.start(this.database, "ikigai.postgres.schema=other")) {
			worksOn(one, "public");
			worksOn(other, "other");
			UUID id = one.platform().queue("q").enqueue("x");
			assertThat(other.platform().queue("q").claim()).isEmpty();
			assertThat(other.platform().queue("q").find(id)).isEmpty();
			assertThat(one.platform().queue("q").claim()).isPresent();
		}
	}

	@Test
	void takesTurnsWhenApplicationsStartAtOnce() throws Exception {
		startAtOnce(4, () -> PostgresApplication.start(this.database));
	}

	@Test
	void takesTurnsInASchemaThatIsNotThereYet() throws Exception {
		startAtOnce(4, () -> PostgresApplication.start(this.database, "ikigai.postgres.schema=new one"));
	}

	@Test
	void takesTurnsBesideTablesOfOthers() throws Exception {
		this.database.execute("CREATE TABLE thing (id INT); " + CONTRACT_TABLES);
		startAtOnce(4, () -> PostgresApplication.start(this.database));
	}

	@Test
	void standsBesideTheApplicationsOwnMigrations() throws Exception {
		startAtOnce(2, () -> PostgresApplication.startWithOwnFlyway(this.database, OWN_MIGRATIONS));
		assertThat(this.database.queryForText("SELECT string_agg(script, ',') FROM flyway_schema_history"))
			.isEqualTo("V1__own_table.sql");
		assertThat(this.database.queryForText("SELECT to_regclass('own_thing')")).isEqualTo("own_thing");
		PostgresApplication.startWithOwnFlyway(this.database, OWN_MIGRATIONS).close();
	}

	private void startAtOnce(int count, Callable<PostgresApplication> application) throws Exception {
		CyclicBarrier together = new CyclicBarrier(count);
		ExecutorService pool = Executors.newFixedThreadPool(count);
		List<Future<PostgresApplication>> starting = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			starting.add(pool.submit(() -> {
				together.await();
				return application.call();
			}));
		}
		pool.shutdown();
		for (Future<PostgresApplication> started : starting) {
			try (PostgresApplication running = started.get()) {
				running.platform().queue("q").enqueue("x");
				assertThat(running.platform().queue("q").claim()).isPresent();
			}
		}
	}

	@Test
	void adoptsTheContractsTablesWithTheirRows() throws SQLException {
		this.database.execute(CONTRACT_TABLES
				+ """
						INSERT INTO task_queue (queue_name, payload) VALUES ('q', '"ready"');
						INSERT INTO task_queue (queue_name, payload, priority, scheduled_for, created_at)
							VALUES ('q', '"nulls"', NULL, NULL, NULL);
						INSERT INTO task_queue (queue_name, payload, claimed_by, claimed_at) VALUES ('q', '"claimed"', 'w', now());
						INSERT INTO task_queue (queue_name, payload, completed_at) VALUES ('q', '"completed"', now());
						INSERT INTO task_queue (queue_name, payload, failed_at, error) VALUES ('q', '"failed"', now(), 'no');
						INSERT INTO agent_registry (name, version, manifest) VALUES ('old', '1', '{}');
						INSERT INTO mailbox (mailbox_name, sender, payload) VALUES ('m', 's', '1');
						INSERT INTO telemetry (agent_name, event_type, payload) VALUES ('a', 't', '1');
						""");
		try (PostgresApplication application = PostgresApplication.start(this.database)) {
			TaskQueue queue = application.platform().queue("q");
			assertThat(payloads(queue, TaskState.CLAIMED)).containsExactly("\"claimed\"");
			assertThat(payloads(queue, TaskState.COMPLETED)).containsExactly("\"completed\"");
			assertThat(payloads(queue, TaskState.FAILED)).containsExactly("\"failed\"");
			assertThat(queue.claim(10)).extracting(Task::json).containsExactlyInAnyOrder("\"ready\"", "\"nulls\"");
			assertThat(queue.redriveFailed()).isEqualTo(1);
			queue.claim().orElseThrow().complete();
			assertThat(application.platform().agents().find("old")).isPresent();
			assertThat(this.database.queryForText("SELECT count(*) FROM mailbox, telemetry")).isEqualTo("1");
		}
	}

	private static List<String> payloads(TaskQueue queue, TaskState state) {
		return queue.list(state, 10).stream().map(TaskInfo::json).toList();
	}

	private void worksOn(PostgresApplication application, String schema) throws SQLException {
		TaskQueue queue = application.platform().queue("works");
		UUID id = queue.enqueue("x");
		assertThat(this.database.queryForText(
				"SELECT queue_name FROM \"" + schema.replace("\"", "\"\"") + "\".task_queue WHERE id = '" + id + "'"))
			.isEqualTo("works");
		queue.pause();
		queue.resume();
		Task task = queue.claim().orElseThrow();
		task.extend(Duration.ofMinutes(1));
		task.complete("done");
		assertThat(queue.stats().completed()).isPositive();
		assertThat(application.platform().agents().self().instances()).isNotEmpty();
	}

}
