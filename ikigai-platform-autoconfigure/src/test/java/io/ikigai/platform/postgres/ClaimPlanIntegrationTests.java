package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

import javax.sql.DataSource;

import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the server finds the next task: by the index, whatever it knows of the table.
 */
class ClaimPlanIntegrationTests {

	private static final String CLAIM = PlainSqlQueue.CLAIM.replace("?", "'q'");

	private static final String PREPARE = "PREPARE claim (text) AS " + PlainSqlQueue.CLAIM.replace("?", "$1");

	private PostgresDatabase database;

	private Connection connection;

	@BeforeEach
	void createTable() throws SQLException {
		this.database = PostgresServer.shared().freshDatabase();
		DataSource dataSource = new DriverManagerDataSource(this.database.url(), this.database.username(),
				this.database.password());
		new SchemaMigration(dataSource, dataSource, new Schema("public")).migrate();
		this.connection = this.database.connect();
		execute("ALTER TABLE task_queue SET (autovacuum_enabled = false)");
	}

	@AfterEach
	void disconnect() throws SQLException {
		this.connection.close();
	}

	@ParameterizedTest
	@EnumSource
	void claimsByTheIndex(Filling filling) throws SQLException {
		execute("SET plan_cache_mode = force_generic_plan");
		execute(PREPARE);
		claimsByTheIndex("EXECUTE claim ('q')");
		for (String sql : filling.statements) {
			execute(sql);
		}
		claimsByTheIndex(CLAIM);
		claimsByTheIndex("EXECUTE claim ('q')");
		execute("DEALLOCATE claim");
		execute(PREPARE);
		claimsByTheIndex("EXECUTE claim ('q')");
		assertThat(this.database.queryForText("SELECT last_analyze IS NULL AND last_autoanalyze IS NULL "
				+ "FROM pg_stat_user_tables WHERE relname = 'task_queue'"))
			.isEqualTo("t");
		execute("ANALYZE task_queue");
		claimsByTheIndex(CLAIM);
		claimsByTheIndex("EXECUTE claim ('q')");
	}

	@ParameterizedTest
	@EnumSource
	void claimsForThePlatformByTheIndex(Filling filling) throws SQLException {
		// One connection: what the driver prepared on it is looked at there. Flyway needs
		// more.
		try (PostgresApplication application = PostgresApplication.start(this.database,
				"spring.datasource.hikari.maximum-pool-size=1", "ikigai.schema.migrate=false")) {
			TaskQueue queue = application.platform().queue("q");
			for (int i = 0; i < 10; i++) {
				assertThat(queue.claim(10)).isEmpty();
			}
			for (String sql : filling.statements) {
				execute(sql);
			}
			application.bean(JdbcTemplate.class).execute((Connection pooled) -> {
				claimsByTheIndex(pooled, platformClaim(pooled));
				return null;
			});
			execute("ANALYZE task_queue");
			application.bean(JdbcTemplate.class).execute((Connection pooled) -> {
				claimsByTheIndex(pooled, platformClaim(pooled));
				return null;
			});
		}
	}

	private static String platformClaim(Connection pooled) throws SQLException {
		try (Statement statement = pooled.createStatement()) {
			statement.execute("SET plan_cache_mode = force_generic_plan");
			try (ResultSet row = statement.executeQuery("SELECT name FROM pg_prepared_statements "
					+ "WHERE statement LIKE '%ikigai_task_claim%' AND statement LIKE '%LIMIT 10 %'")) {
				assertThat(row.next()).isTrue();
				UUID token = UUID.randomUUID();
				return "EXECUTE \"" + row.getString("name") + "\" ('q', 'q', '" + token + "', '" + token
						+ "', '30', 'agent', '" + token + "', '30')";
			}
		}
	}

	@Test
	void endsAPlanThatWasMadeWhileTheTableWasSmall() throws SQLException {
		execute("INSERT INTO task_queue (queue_name, payload, claimed_by, completed_at) "
				+ "SELECT 'q', '1', 'x', now() FROM generate_series(1, 20)");
		execute("VACUUM ANALYZE task_queue");
		execute("SET plan_cache_mode = force_generic_plan");
		execute(PREPARE);
		assertThat(plan(this.connection, "EXECUTE claim ('q')")).contains("Seq Scan");
		try (PostgresApplication application = PostgresApplication.start(this.database)) {
			execute("INSERT INTO task_queue (queue_name, payload) SELECT 'q', '1' FROM generate_series(1, 50000)");
			await().untilAsserted(() -> claimsByTheIndex(this.connection, "EXECUTE claim ('q')"));
			assertThat(application.platform().queue("q").claim()).isPresent();
		}
	}

	private void claimsByTheIndex(String statement) throws SQLException {
		claimsByTheIndex(this.connection, statement);
	}

	private static void claimsByTheIndex(Connection connection, String statement) throws SQLException {
		assertThat(plan(connection, statement)).contains("Index Scan using ikigai_task_queue_ready")
			.containsPattern("Tid Scan on task_queue|(Index|Bitmap Index) Scan (using|on) task_queue_pkey")
			.doesNotContain("Seq Scan on task_queue")
			.doesNotContain("Sort");
	}

	private static String plan(Connection connection, String statement) throws SQLException {
		StringBuilder plan = new StringBuilder();
		try (Statement explain = connection.createStatement();
				ResultSet rows = explain.executeQuery("EXPLAIN " + statement)) {
			while (rows.next()) {
				plan.append(rows.getString(1)).append('\n');
			}
		}
		return plan.toString();
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * What is in the table.
	 */
	enum Filling {

		READY("INSERT INTO task_queue (queue_name, payload) SELECT 'q', '1' FROM generate_series(1, 50000)"),

		FINISHED_AND_READY("INSERT INTO task_queue (queue_name, payload, claimed_by, claimed_at, completed_at) "
				+ "SELECT 'q', '1', 'x', now(), now() FROM generate_series(1, 100000)", READY.statements[0]),

		DELAYED_AND_READY(
				"INSERT INTO task_queue (queue_name, payload, scheduled_for) "
						+ "SELECT 'q', '1', now() + interval '1 h' FROM generate_series(1, 50000)",
				"INSERT INTO task_queue (queue_name, payload) SELECT 'q', '1' FROM generate_series(1, 10)"),

		MANY_QUEUES(
				"INSERT INTO task_queue (queue_name, payload) "
						+ "SELECT 'q' || nullif(n % 200, 0), '1' FROM generate_series(1, 50000) n WHERE n % 200 > 0",
				READY.statements[0]);

		private final String[] statements;

		Filling(String... statements) {
			this.statements = statements;
		}

	}

}
