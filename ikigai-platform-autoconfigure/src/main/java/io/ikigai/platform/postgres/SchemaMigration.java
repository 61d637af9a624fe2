package io.ikigai.platform.postgres;

import java.util.List;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Brings the platform's tables to the version of this jar. Its history is kept in
 * {@code ikigai_schema_history}, apart from the application's own Flyway and from other
 * installations in other schemas. Flyway's lock in the database lets applications that
 * start at once take turns.
 */
final class SchemaMigration {

	private static final List<String> TABLES = List.of("task_queue", "mailbox", "agent_registry", "telemetry",
			"ikigai_task_claim", "ikigai_queue", "ikigai_agent_instance", "ikigai_lock");

	private final DataSource dataSource;

	private final Schema schema;

	SchemaMigration(DataSource dataSource, Schema schema) {
		this.dataSource = dataSource;
		this.schema = schema;
	}

	void migrate() {
		// A baseline below the first version: the schema may hold the application's own
		// tables, or the contract's, and neither stands in the way.
		Flyway.configure(SchemaMigration.class.getClassLoader())
			.dataSource(this.dataSource)
			.locations("classpath:io/ikigai/platform/postgres/schema")
			.schemas(this.schema.name())
			.defaultSchema(this.schema.name())
			.createSchemas(true)
			.table("ikigai_schema_history")
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.placeholderReplacement(false)
			.load()
			.migrate();
	}

	/**
	 * Checks, where the tables are another's business, that they are there.
	 */
	void check() {
		List<String> missing = JdbcClient.create(this.dataSource)
			.sql("""
					SELECT t.name FROM unnest(?::text[]) AS t(name)
					WHERE to_regclass(quote_ident(?) || '.' || t.name) IS NULL""")
			.params(String.join(",", TABLES).transform((names) -> "{" + names + "}"), this.schema.name())
			.query(String.class)
			.list();
		if (!missing.isEmpty()) {
			throw new SchemaMissingException(this.schema.name(), missing);
		}
	}

}
