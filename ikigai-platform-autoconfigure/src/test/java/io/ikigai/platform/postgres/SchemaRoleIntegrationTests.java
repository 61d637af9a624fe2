package io.ikigai.platform.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Roles that may not create tables.
 */
class SchemaRoleIntegrationTests {

	private static final String[] PROPERTIES = { "ikigai.postgres.schema=ikigai", "ikigai.schema.migrate=false" };

	private PostgresDatabase owner;

	private PostgresDatabase limited;

	@BeforeEach
	void createRole() throws SQLException {
		this.owner = PostgresServer.shared().freshDatabase();
		String role = "role_" + UUID.randomUUID().toString().replace('-', '_');
		this.owner.execute("CREATE ROLE " + role
				+ " LOGIN PASSWORD 'limited'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; " + "CREATE SCHEMA ikigai");
		this.limited = new PostgresDatabase(this.owner.url(), role, "limited");
	}

	@Test
	void tellsWhatIsMissing() throws SQLException {
		grant("GRANT USAGE ON SCHEMA ikigai TO %1$s");
		assertThatException().isThrownBy(() -> PostgresApplication.start(this.limited, PROPERTIES))
			.havingRootCause()
			.isInstanceOf(SchemaMissingException.class)
			.withMessageContaining("ikigai.schema.migrate")
			.withMessageContaining("task_queue");
		this.owner.execute("SET search_path = ikigai; " + SchemaIntegrationTests.CONTRACT_TABLES);
		assertThatException().isThrownBy(() -> PostgresApplication.start(this.limited, PROPERTIES))
			.havingRootCause()
			.isInstanceOf(SchemaMissingException.class)
			.withMessageContaining("ikigai_task_claim");
	}

	@Test
	void noticesWhatIsMissingOfASchemaThatAnotherMigrates() throws SQLException {
		DriverManagerDataSource connections = new DriverManagerDataSource(this.owner.url(), this.owner.username(),
				this.owner.password());
		SchemaMigration migration = new SchemaMigration(connections, connections, new Schema("public"));
		migration.migrate();
		migration.check();
		List<String> tables = new JdbcTemplate(connections).queryForList("""
				SELECT tablename FROM pg_tables
				WHERE schemaname = 'public' AND tablename <> 'ikigai_schema_history'""", String.class);
		assertThat(tables).hasSizeGreaterThan(15);
		for (String table : tables) {
			this.owner.execute("ALTER TABLE " + table + " RENAME TO away");
			assertThatExceptionOfType(SchemaMissingException.class).as(table)
				.isThrownBy(migration::check)
				.withMessageContaining(table);
			this.owner.execute("ALTER TABLE away RENAME TO " + table);
		}
		String newest = this.owner.queryForText("SELECT max(version::int) FROM ikigai_schema_history");
		this.owner.execute("DELETE FROM ikigai_schema_history WHERE version = '" + newest + "'");
		assertThatExceptionOfType(SchemaMissingException.class).isThrownBy(migration::check)
			.withMessageContaining("V" + newest + "__");
	}

	@Test
	void tellsOfASchemaThatItMayNotUse() {
		assertThatException().isThrownBy(() -> PostgresApplication.start(this.limited, PROPERTIES))
			.havingRootCause()
			.withMessageContaining("ikigai");
	}

	@Test
	void tellsThatItMayNotCreateTables() throws SQLException {
		grant("GRANT USAGE ON SCHEMA ikigai TO %1$s");
		assertThatException()
			.isThrownBy(() -> PostgresApplication.start(this.limited, "--ikigai.postgres.schema=ikigai"))
			.matches((failure) -> {
				Throwable cause = failure;
				while (cause != null && !(cause instanceof SchemaMissingException)) {
					cause = cause.getCause();
				}
				return cause != null && cause.getMessage().contains("permission denied");
			}, "tells that permission is denied");
	}

	@Test
	void runsOnTablesThatAnotherMadeFromTheShippedFile() throws Exception {
		this.owner.execute("SET search_path = ikigai; " + shippedFile());
		grant(documentedGrants());
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> this.limited.execute("CREATE TABLE ikigai.thing (id INT)"));
		try (PostgresApplication application = PostgresApplication.start(this.limited, PROPERTIES)) {
			TaskQueue queue = application.platform().queue("q");
			CompletableFuture<Optional<Task>> waiting = CompletableFuture.supplyAsync(() -> queue.claim(Waits.LIMIT));
			UUID id = queue.enqueue("x", TaskOptions.of().withUniqueKey("k"));
			assertThat(queue.enqueue("x", TaskOptions.of().withUniqueKey("k"))).isEqualTo(id);
			Task task = waiting.join().orElseThrow();
			task.progress(0.5, "half");
			task.extend(Duration.ofSeconds(1));
			Task again = queue.claim(Waits.LIMIT).orElseThrow();
			application.platform().transaction(() -> again.complete("done"));
			queue.pause();
			queue.resume();
			queue.enqueue("y");
			application.platform().transaction(() -> queue.claim().orElseThrow().fail("no"));
			assertThat(queue.redriveFailed()).isEqualTo(1);
			queue.claim().orElseThrow().complete();
			application.platform().mailbox("m").send("x");
			application.platform().mailbox("m").receive().orElseThrow().acknowledge();
			CompletableFuture<String> published = new CompletableFuture<>();
			application.platform().pubsub().subscribe("t", String.class, published::complete);
			application.platform().pubsub().publish("t", "x");
			assertThat(published.join()).isEqualTo("x");
			var documents = application.platform().storage().documents("d", String.class);
			documents.put("a", "a harbour");
			documents.put("a", "two harbours", 1);
			assertThat(documents.search("harbour", 1)).hasSize(1);
			documents.embed("a", new float[] { 1, 0 });
			assertThat(documents.nearest(new float[] { 1, 0 }, 1)).hasSize(1);
			assertThat(documents.delete("a")).isTrue();
			RetentionIntegrationTests.sweep(application, "ikigai").run();
			TopicSweep topics = new TopicSweep(application.bean(JdbcTemplate.class), new Schema("ikigai"),
					Duration.ZERO);
			topics.run();
			topics.run();
			assertThat(application.platform().queues()).isEmpty();
			assertThat(application.platform().agents().self().instances()).hasSize(1);
			await().until(() -> application.bean(PostgresBackend.class).condition().details().get("listening"),
					Boolean.TRUE::equals);
		}
	}

	@Test
	void letsPlainSqlWorkWithLess() throws Exception {
		this.owner.execute("SET search_path = ikigai; " + shippedFile());
		grant("GRANT USAGE ON SCHEMA ikigai TO %1$s; GRANT SELECT, INSERT, UPDATE ON ikigai.task_queue TO %1$s");
		try (var connection = this.limited.connect(); var statement = connection.createStatement()) {
			statement.execute("SET search_path = ikigai");
			PlainSqlQueue plain = new PlainSqlQueue(connection, "q");
			UUID id = plain.insert("1");
			assertThat(plain.claim()).isEqualTo(id);
			plain.complete(id);
			assertThat(plain.claim()).isNull();
		}
	}

	@Test
	void letsProducersInsertWithTheGrantsThatTheGuideTells() throws Exception {
		this.owner.execute("SET search_path = ikigai; " + shippedFile());
		String page = guide();
		int begin = page.indexOf("GRANT USAGE ON SCHEMA ikigai TO producer");
		grant(page.substring(begin, page.indexOf("----", begin)).replace("TO producer;", "TO %1$s;"));
		try (var connection = this.limited.connect(); var statement = connection.createStatement()) {
			statement.execute("""
					INSERT INTO ikigai.task_queue (queue_name, payload, priority, scheduled_for, headers)
					VALUES ('q', '{}', 1, now(), '{"a": "b"}')""");
			statement.execute(
					"""
							INSERT INTO ikigai.mailbox (mailbox_name, sender, payload, headers) VALUES ('m', 'x', '1', NULL)""");
			for (String column : List.of("attempt", "deaths", "max_attempts", "claim_token", "lease_expires_at",
					"created_at", "completed_at")) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute(
						"INSERT INTO ikigai.task_queue (queue_name, payload, " + column + ") VALUES ('q', '1', NULL)"))
					.withMessageContaining("permission denied");
			}
		}
	}

	@Test
	void takesOverTheMigrationLater() throws Exception {
		this.owner.execute("SET search_path = ikigai; " + shippedFile());
		try (PostgresApplication application = PostgresApplication.start(this.owner, "ikigai.postgres.schema=ikigai")) {
			application.platform().queue("q").enqueue("x");
			assertThat(application.platform().queue("q").claim()).isPresent();
		}
	}

	/** What the documentation tells to grant, to another role. */
	private static String documentedGrants() throws IOException {
		String page = guide();
		int begin = page.indexOf("GRANT USAGE");
		return page.substring(begin, page.indexOf("----", begin)).replace("TO agent;", "TO %1$s;");
	}

	private static String guide() throws IOException {
		return Files.readString(
				Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../src/docs/task-queues.adoc"));
	}

	private void grant(String grants) throws SQLException {
		this.owner.execute(grants.formatted(this.limited.username()));
	}

	private static String shippedFile() throws IOException {
		StringBuilder sql = new StringBuilder();
		Resource[] files = new PathMatchingResourcePatternResolver()
			.getResources("classpath:" + SchemaMissingException.SQL_FILES);
		// In the order of their numbers: V2 before V10
		Arrays.sort(files, Comparator.comparing((Resource file) -> String.valueOf(file.getFilename()).indexOf("__"))
			.thenComparing(Resource::getFilename));
		for (Resource file : files) {
			sql.append(file.getContentAsString(StandardCharsets.UTF_8)).append('\n');
		}
		return sql.toString();
	}

}
