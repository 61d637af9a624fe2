package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table {@code telemetry} as a hypertable of TimescaleDB. Needs nothing that the
 * Apache edition lacks.
 */
final class TelemetryHypertable {

	/** Its key for those who start at the same time. */
	private static final long START_LOCK = 0x696b69676174656cL;

	private static final Duration LONGEST_CHUNK = Duration.ofDays(1);

	private static final Duration SHORTEST_CHUNK = Duration.ofHours(1);

	private static final int CHUNKS_PER_RETENTION = 10;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final Schema schema;

	TelemetryHypertable(DataSource dataSource, PlatformTransactionManager transactionManager, Schema schema) {
		this.jdbc = JdbcClient.create(dataSource);
		this.transaction = new TransactionTemplate(transactionManager);
		this.schema = schema;
	}

	private JdbcClient.StatementSpec sql(String text) {
		return this.jdbc.sql(this.schema.sql(text));
	}

	/**
	 * Returns the schema of the extension's functions, quoted.
	 * @return the schema, or {@code null} without the extension
	 */
	@Nullable String functions() {
		return this.jdbc.sql("""
				SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
				WHERE e.extname = 'timescaledb'""").query(String.class).optional().orElse(null);
	}

	/**
	 * Tells whether the table is one.
	 */
	boolean exists() {
		return functions() != null && this.jdbc.sql("""
				SELECT count(*) FROM timescaledb_information.hypertables
				WHERE hypertable_schema = ? AND hypertable_name = 'telemetry'""")
			.param(this.schema.name())
			.query(Long.class)
			.single() == 1;
	}

	/**
	 * Makes it one, with the rows it has; without effect if it is.
	 * @param retention how long events will be kept
	 * @throws TimescaledbUnusableException if the server has no TimescaleDB, or the role
	 * may not make it
	 */
	void create(Duration retention) {
		if (exists()) {
			return;
		}
		if (!List.of(String.valueOf(setting("shared_preload_libraries")).split("\\s*,\\s*")).contains("timescaledb")) {
			throw new TimescaledbUnusableException(
					"The server does not load TimescaleDB: shared_preload_libraries does not name timescaledb", null);
		}
		try {
			this.transaction.executeWithoutResult((status) -> createAlone(retention));
		}
		catch (DataAccessException ex) {
			throw new TimescaledbUnusableException(
					"The table telemetry could not be made a hypertable: " + ex.getMostSpecificCause().getMessage(),
					ex);
		}
	}

	private String setting(String name) {
		return this.jdbc.sql("SELECT current_setting(?)").param(name).query(String.class).single();
	}

	private void createAlone(Duration retention) {
		this.jdbc.sql("SELECT pg_advisory_xact_lock(?)::text").param(START_LOCK).query(String.class).single();
		sql("CREATE EXTENSION IF NOT EXISTS timescaledb").update();
		if (exists()) {
			return;
		}
		sql("CREATE SCHEMA IF NOT EXISTS {schema}").update();
		sql("""
				CREATE TABLE IF NOT EXISTS {schema}.telemetry (id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
					agent_name TEXT NOT NULL, event_type TEXT NOT NULL, payload JSONB NOT NULL,
					created_at TIMESTAMPTZ DEFAULT now())""").update();
		sql("LOCK TABLE {schema}.telemetry IN ACCESS EXCLUSIVE MODE").update();
		sql("UPDATE {schema}.telemetry SET created_at = now() WHERE created_at IS NULL").update();
		sql("ALTER TABLE {schema}.telemetry ALTER COLUMN created_at SET NOT NULL").update();
		key().ifPresent((name) -> sql("ALTER TABLE {schema}.telemetry DROP CONSTRAINT " + name).update());
		sql("ALTER TABLE {schema}.telemetry ADD PRIMARY KEY (id, created_at)").update();
		sql("""
				SELECT count(*) FROM %s.create_hypertable(CAST(:table AS regclass), 'created_at',
					chunk_time_interval => make_interval(secs => :chunk), create_default_indexes => false,
					migrate_data => true)""".formatted(functions()))
			.param("table", this.schema.sql("{schema}.telemetry"))
			.param("chunk", PostgresTaskStore.seconds(chunk(retention)))
			.query(Long.class)
			.single();
		for (String index : List.of("ikigai_telemetry_time ON {schema}.telemetry (",
				"ikigai_telemetry_type ON {schema}.telemetry (event_type, ",
				"ikigai_telemetry_agent ON {schema}.telemetry (agent_name, event_type, ")) {
			sql("CREATE INDEX IF NOT EXISTS " + index + "created_at DESC NULLS LAST, id DESC)").update();
		}
	}

	private Optional<String> key() {
		return this.jdbc.sql("""
				SELECT quote_ident(conname) FROM pg_constraint
				WHERE conrelid = to_regclass(?) AND contype = 'p'""")
			.param(this.schema.sql("{schema}.telemetry"))
			.query(String.class)
			.optional();
	}

	// A chunk is deleted as a whole, when its last event is past the retention.
	private static Duration chunk(Duration retention) {
		Duration part = retention.dividedBy(CHUNKS_PER_RETENTION);
		if (part.compareTo(SHORTEST_CHUNK) < 0) {
			return SHORTEST_CHUNK;
		}
		return (part.compareTo(LONGEST_CHUNK) > 0) ? LONGEST_CHUNK : part;
	}

	/**
	 * Deletes chunks all of whose events are old.
	 * @param retention how old
	 * @return how many chunks
	 */
	long dropOlderThan(Duration retention) {
		return sql("SELECT count(*) FROM " + functions()
				+ ".drop_chunks(CAST(:table AS regclass), older_than => make_interval(secs => :retention))")
			.param("table", this.schema.sql("{schema}.telemetry"))
			.param("retention", PostgresTaskStore.seconds(retention))
			.query(Long.class)
			.single();
	}

}
