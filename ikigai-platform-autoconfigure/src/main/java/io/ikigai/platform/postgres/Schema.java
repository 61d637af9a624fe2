package io.ikigai.platform.postgres;

/**
 * The schema of the platform's tables. SQL names them as {@code {schema}.task_queue}: the
 * connection's search path is the application's own affair.
 *
 * @param name the schema's name
 * @param tasks the table that is meant by {@code {schema}.task_queue}
 */
record Schema(String name, String tasks) {

	Schema(String name) {
		this(name, "task_queue");
	}

	Schema {
		if (name.isEmpty() || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("ikigai.postgres.schema must name a schema, not '" + name + "'");
		}
	}

	/**
	 * The same schema, for SQL that is written for {@code task_queue} and meant for a
	 * table with the same columns.
	 */
	Schema withTasksIn(String table) {
		return new Schema(this.name, table);
	}

	String sql(String text) {
		return text.replace("{schema}.task_queue", "{schema}." + this.tasks)
			.replace("{schema}", '"' + this.name.replace("\"", "\"\"") + '"');
	}

}
