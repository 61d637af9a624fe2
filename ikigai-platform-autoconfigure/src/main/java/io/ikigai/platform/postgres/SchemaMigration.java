package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Brings the platform's tables to the version of this jar. Its history is kept in
 * {@code ikigai_schema_history}, apart from the application's own Flyway and from other
 * installations in other schemas. Applications that start at once take turns: Flyway's
 * own lock begins only after its history has been made, by whoever comes first.
 */
final class SchemaMigration {

	private static final List<String> TABLES = List.of("task_queue", "mailbox", "agent_registry", "telemetry",
			"ikigai_task_claim", "ikigai_queue", "ikigai_agent_instance", "ikigai_lock", "ikigai_cache",
			"ikigai_cache_load", "ikigai_mailbox_consumer", "ikigai_topic_message", "ikigai_topic_sweep",
			"ikigai_document", "ikigai_document_vector", "ikigai_chat_message", "ikigai_outbox", "ikigai_settlement",
			"ikigai_task_key", "ikigai_tracked_task");

	private static final String HISTORY = "ikigai_schema_history";

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private static final long PAUSE_MILLIS = 50;

	private final DataSource dataSource;

	private final DataSource direct;

	private final Schema schema;

	/**
	 * Creates the migration.
	 * @param dataSource where the tables are
	 * @param direct where the connection that holds the lock meanwhile comes from
	 * @param schema their schema
	 */
	SchemaMigration(DataSource dataSource, DataSource direct, Schema schema) {
		this.dataSource = dataSource;
		this.direct = direct;
		this.schema = schema;
	}

	void migrate() {
		try (Connection connection = this.direct.getConnection()) {
			connection.setAutoCommit(false);
			try {
				lock(connection);
				Flyway flyway = flyway(this.dataSource);
				refuseNewer(flyway);
				flyway.migrate();
			}
			catch (FlywayException ex) {
				throw explain(ex);
			}
			finally {
				connection.rollback();
				connection.setAutoCommit(true);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Could not lock the schema '" + this.schema.name() + "' for its migration",
					ex);
		}
	}

	// Of the transaction, so that it holds through a transaction pooler too. Asked for
	// again and again: a session that waits in the server holds back vacuum.
	private void lock(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
		}
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_try_advisory_xact_lock(hashtext('ikigai_schema_history'), hashtext(?))")) {
			statement.setString(1, this.schema.name());
			while (!locked(statement)) {
				TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while another application migrates the schema", ex);
		}
	}

	private static boolean locked(PreparedStatement statement) throws SQLException {
		try (ResultSet row = statement.executeQuery()) {
			return row.next() && row.getBoolean(1);
		}
	}

	private RuntimeException explain(FlywayException ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException sql && INSUFFICIENT_PRIVILEGE.equals(sql.getSQLState())) {
				return new SchemaMissingException("The role of the platform may not create its tables in schema '"
						+ this.schema.name() + "': " + sql.getMessage(), ex);
			}
		}
		return ex;
	}

	private Flyway flyway(DataSource dataSource) {
		// A baseline below the first version: the schema may hold the application's own
		// tables, or the contract's, and neither stands in the way.
		return Flyway.configure(SchemaMigration.class.getClassLoader())
			.dataSource(dataSource)
			.locations("classpath:io/ikigai/platform/postgres/schema")
			.schemas(this.schema.name())
			.defaultSchema(this.schema.name())
			.createSchemas(true)
			.table(HISTORY)
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.placeholderReplacement(false)
			.load();
	}

	// Flyway takes two connections, and the pool may have one
	private void refuseOther() {
		try (Connection connection = this.dataSource.getConnection()) {
			Flyway flyway = flyway(new SingleConnectionDataSource(connection, true));
			refuseNewer(flyway);
			MigrationInfo[] pending = flyway.info().pending();
			if (pending.length > 0) {
				throw new SchemaMissingException("ikigai.schema.migrate is false, and schema '" + this.schema.name()
						+ "' is of an earlier version: its history lacks "
						+ Arrays.stream(pending).map(MigrationInfo::getScript).collect(Collectors.joining(", ")), null);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Could not read the version of the schema '" + this.schema.name() + "'",
					ex);
		}
	}

	// Flyway itself passes over migrations that it does not have.
	private void refuseNewer(Flyway flyway) {
		MigrationInfo[] all = flyway.info().all();
		MigrationVersion applied = newest(all, MigrationState::isApplied);
		MigrationVersion known = newest(all, MigrationState::isResolved);
		if (applied.compareTo(known) > 0) {
			throw new SchemaNewerException(this.schema.name(), applied.getVersion(), known.getVersion());
		}
	}

	private static MigrationVersion newest(MigrationInfo[] all, Predicate<MigrationState> which) {
		return Arrays.stream(all)
			.filter((migration) -> which.test(migration.getState()))
			.map(MigrationInfo::getVersion)
			.filter(Objects::nonNull)
			.max(Comparator.naturalOrder())
			.orElse(MigrationVersion.EMPTY);
	}

	/**
	 * Checks, where the tables are another's business, that they are there, and of no
	 * later version, if they have a history that may be read.
	 */
	void check() {
		Boolean history = JdbcClient.create(this.dataSource)
			.sql("SELECT has_table_privilege(to_regclass(quote_ident(?) || '.' || ?), 'SELECT')")
			.params(this.schema.name(), HISTORY)
			.query((row, number) -> row.getBoolean(1))
			.single();
		if (history) {
			refuseOther();
		}
		List<String> missing = JdbcClient.create(this.dataSource)
			.sql("""
					SELECT t.name FROM unnest(?::text[]) AS t(name)
					WHERE to_regclass(quote_ident(?) || '.' || t.name) IS NULL""")
			.params(String.join(",", TABLES).transform((names) -> "{" + names + "}"), this.schema.name())
			.query(String.class)
			.list();
		if (!missing.isEmpty()) {
			throw new SchemaMissingException("ikigai.schema.migrate is false, and schema '" + this.schema.name()
					+ "' has no " + String.join(", ", missing), null);
		}
	}

}
