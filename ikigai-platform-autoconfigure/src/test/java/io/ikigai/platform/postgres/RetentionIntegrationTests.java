package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is deleted after a while, and what never is.
 */
class RetentionIntegrationTests {

	private static PostgresDatabase database;

	private static PostgresApplication application;

	private TaskQueue queue;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void freshQueue() throws SQLException {
		database.execute("TRUNCATE task_queue");
		this.queue = application.platform().queue("retention");
	}

	@Test
	void deletesFinishedTasksByTheirOwnRetention() throws SQLException {
		this.queue.enqueueAll(IntStream.range(0, 6).boxed().toList());
		List<Task> tasks = this.queue.claim(6);
		tasks.subList(0, 2).forEach(Task::complete);
		tasks.subList(2, 4).forEach((task) -> task.fail("no"));
		tasks.subList(4, 6).forEach((task) -> this.queue.cancel(task.id()));
		for (int old = 0; old < 6; old += 2) {
			age(tasks.get(old).id(), "8 days");
		}
		assertThat(delete(Duration.ofDays(7), Duration.ofDays(30))).isEqualTo(2);
		assertThat(remaining(tasks)).containsExactly(1, 2, 3, 5);
		assertThat(delete(Duration.ofDays(30), Duration.ofDays(7))).isEqualTo(1);
		assertThat(remaining(tasks)).containsExactly(1, 3, 5);
		assertThat(delete(Duration.ZERO, Duration.ZERO)).isEqualTo(3);
	}

	@Test
	void neverDeletesWhatIsNotFinished() throws SQLException {
		this.queue.enqueue("claimed");
		Task claimed = this.queue.claim().orElseThrow();
		UUID ready = this.queue.enqueue("ready");
		UUID scheduled = this.queue.enqueue("scheduled", TaskOptions.of().withDelay(Duration.ofHours(1)));
		database.execute("UPDATE task_queue SET created_at = created_at - interval '10 years'");
		assertThat(delete(Duration.ZERO, Duration.ZERO)).isZero();
		for (UUID id : List.of(claimed.id(), ready, scheduled)) {
			assertThat(this.queue.find(id)).isPresent();
		}
		claimed.complete();
	}

	@Test
	void keepsWhatFinishedLateThoughItIsOld() throws SQLException {
		this.queue.enqueue("x");
		database.execute("UPDATE task_queue SET created_at = created_at - interval '10 years'");
		this.queue.claim().orElseThrow().complete();
		assertThat(delete(Duration.ofDays(7), Duration.ofDays(7))).isZero();
	}

	@Test
	void deletesMoreThanOneStatementTakes() throws SQLException {
		database.execute("INSERT INTO task_queue (queue_name, payload, claimed_by, completed_at, created_at) SELECT "
				+ "'retention', '1', 'x', now() - interval '9 days', now() - interval '10 days' "
				+ "FROM generate_series(1, 12000)");
		assertThat(delete(Duration.ofDays(7), Duration.ofDays(30))).isEqualTo(12000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "infinity", "-infinity", "294276-12-31 23:59:59+00", "4713-01-01 00:00:00+00 BC" })
	void deletesWhatHasTimesThatNeverCome(String time) throws Exception {
		String at = "'" + time + "'::timestamptz";
		String earlier = "now() - interval '1 h'";
		for (String times : List.of(at + ", " + at + ", NULL", at + ", NULL, " + at, earlier + ", " + at + ", NULL",
				at + ", " + earlier + ", NULL", earlier + ", NULL, " + at)) {
			database.execute("INSERT INTO task_queue (queue_name, payload, claimed_by, created_at, completed_at, "
					+ "failed_at) VALUES ('retention', '1', 'x', " + times + ")");
		}
		database
			.execute("INSERT INTO task_queue (queue_name, payload, created_at) VALUES ('retention', '1', " + at + ")");
		for (String mailbox : List.of("retention", "ikigai-reply-x")) {
			database.execute("INSERT INTO mailbox (mailbox_name, sender, payload, created_at, read_at) VALUES ('"
					+ mailbox + "', 'psql', '1', " + at + ", " + at + ")");
		}
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) VALUES ('psql', "
				+ "'retention', '1', " + at + "), ('psql', 'retention', '1', NULL)");
		RetentionSweep sweep = sweep(application, "public");
		PostgresTelemetryStore telemetry = GuardedStore.behind(application.bean(PostgresBackend.class).telemetryStore(),
				PostgresTelemetryStore.class);
		for (int i = 0; i < 2; i++) {
			sweep.run();
			telemetry.deleteOlderThan(Duration.ZERO);
		}
		assertThat(sweep.failing()).isEmpty();
		assertThat(this.queue.stats()).satisfies((stats) -> assertThat(stats.completed() + stats.failed()).isZero());
		assertThat(this.queue.stats().ready()).isEqualTo(1);
		assertThat(database.queryForText("SELECT count(*) FROM mailbox WHERE sender = 'psql'")).isEqualTo("0");
		assertThat(database.queryForText("SELECT count(*) FROM telemetry WHERE event_type = 'retention'"))
			.isEqualTo("0");
	}

	@Test
	void sweepsInOneProcessAtATime() throws Exception {
		database.execute("INSERT INTO task_queue (queue_name, payload, claimed_by, completed_at) VALUES "
				+ "('retention', '1', 'x', now())");
		RetentionSweep sweep = sweep(application, "public");
		Thread thread = new Thread(sweep::run);
		thread.start();
		sweep(application, "public").run();
		thread.join();
		assertThat(this.queue.stats().completed()).isZero();
		assertThat(database.queryForText("SELECT count(*) FROM ikigai_lock")).isEqualTo("0");
	}

	@Test
	void deletesEverythingElseWhenSomethingCannotBeDeleted() throws Exception {
		database.execute("INSERT INTO task_queue (queue_name, payload, claimed_by, completed_at) VALUES "
				+ "('retention', '1', 'x', now())");
		database.execute("INSERT INTO mailbox (mailbox_name, sender, payload, read_at) VALUES "
				+ "('retention', 'psql', '1', now() - interval '1 h')");
		database.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
				+ "$$ BEGIN RAISE EXCEPTION 'not this one'; END $$");
		database.execute("CREATE TRIGGER refuse BEFORE DELETE ON task_queue FOR EACH ROW EXECUTE FUNCTION refuse()");
		RetentionSweep sweep = sweep(application, "public");
		try {
			sweep.run();
			assertThat(sweep.failing()).containsOnlyKeys("retention-tasks")
				.hasValueSatisfying(new Condition<>((reason) -> reason.contains("not this one"), "the reason"));
			assertThat(database.queryForText("SELECT count(*) FROM mailbox WHERE mailbox_name = 'retention'"))
				.isEqualTo("0");
		}
		finally {
			database.execute("DROP FUNCTION refuse() CASCADE");
		}
		sweep.run();
		assertThat(sweep.failing()).isEmpty();
		assertThat(this.queue.stats().completed()).isZero();
	}

	static RetentionSweep sweep(PostgresApplication application, String schema) {
		return new RetentionSweep(application.bean(JdbcTemplate.class), application.bean(DataSource.class),
				new Schema(schema), application.bean(TaskInspection.class), Duration.ZERO, Duration.ZERO, Duration.ZERO,
				Map.of());
	}

	private static long delete(Duration completed, Duration failed) {
		return application.bean(TaskInspection.class).deleteFinished(completed, failed);
	}

	private List<Integer> remaining(List<Task> tasks) {
		return IntStream.range(0, tasks.size())
			.filter((i) -> this.queue.find(tasks.get(i).id()).isPresent())
			.boxed()
			.toList();
	}

	private static void age(UUID id, String by) throws SQLException {
		database.execute("UPDATE task_queue SET created_at = created_at - interval '" + by
				+ "', completed_at = completed_at - interval '" + by + "', failed_at = failed_at - interval '" + by
				+ "' WHERE id = '" + id + "'");
	}

}
