package io.ikigai.platform.postgres;

/**
 * The schema of the platform's tables. SQL names them as {@code {schema}.task_queue}: the
 * connection's search path is the application's own affair.
 *
 * @param name the schema's name
 */
record Schema(String name) {

	Schema {
		if (name.isEmpty() || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("ikigai.postgres.schema must name a schema, not '" + name + "'");
		}
	}

	String sql(String text) {
		return text.replace("{schema}", '"' + this.name.replace("\"", "\"\"") + '"');
	}

}
