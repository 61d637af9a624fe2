package io.ikigai.platform.postgres;

import java.util.regex.Pattern;

/**
 * The platform's schema in the database.
 *
 * @param name its name
 * @param tasks the table that is meant by {@code {schema}.task_queue}
 * @param largestText how large the text of a JSON value may be to be read, in bytes;
 * plain SQL may have written larger ones
 */
record Schema(String name, String tasks, int largestText) {

	private static final int LARGEST_TEXT = 16 * 1024 * 1024;

	private static final Pattern TEXT = Pattern.compile("\\{text:([a-z_.]+)}");

	// A stored value that is small and not compressed cannot become very large. Anything
	// else is tried by a function that survives what the server cannot show.
	private static final String READABLE = """
			CASE WHEN pg_column_size($1) < 128 AND pg_column_compression($1) IS NULL THEN $1::text
				WHEN pg_column_size($1) < 2000 AND pg_column_compression($1) IS NULL
				THEN CASE WHEN octet_length($1::text) <= %1$d THEN $1::text ELSE '' END
				ELSE {schema}.ikigai_text($1, %1$d) END""";

	private static final Pattern SEARCHED = Pattern.compile("\\{searched:([a-z_.]+)}");

	// For conditions over many rows: looks at the size of the large ones only
	private static final String SEARCHABLE = """
			CASE WHEN pg_column_size($1) < 2000 AND pg_column_compression($1) IS NULL THEN $1::text
				ELSE {schema}.ikigai_text($1, %1$d) END""";

	Schema(String name) {
		this(name, "task_queue", LARGEST_TEXT);
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
		return new Schema(this.name, table, this.largestText);
	}

	/**
	 * The same schema, from which twice the largest payload can be read: a number may be
	 * stored longer than it was written.
	 */
	Schema withPayloadsUpTo(long bytes) {
		return new Schema(this.name, this.tasks,
				(int) Math.min(512 * 1024 * 1024, Math.max(LARGEST_TEXT, 2 * Math.min(bytes, Integer.MAX_VALUE))));
	}

	/**
	 * The same schema on a server that has only some of the platform's tables, and none
	 * of its functions: any text is read.
	 */
	Schema withoutFunctions() {
		return new Schema(this.name, this.tasks, 0);
	}

	private String expression(String bounded) {
		return (this.largestText > 0) ? bounded.formatted(this.largestText) : "$1::text";
	}

	/**
	 * Completes SQL: <code>{schema}</code> is the schema, <code>{text:column}</code> the
	 * text of a JSON column, which is empty where the value is too large to be read, and
	 * <code>{searched:column}</code> the same for conditions.
	 */
	String sql(String text) {
		String complete = text;
		if (text.contains("{text:")) {
			complete = TEXT.matcher(text).replaceAll(expression(READABLE));
		}
		if (text.contains("{searched:")) {
			complete = SEARCHED.matcher(complete).replaceAll(expression(SEARCHABLE));
		}
		return complete.replace("{schema}.task_queue", "{schema}." + this.tasks)
			.replace("{schema}", '"' + this.name.replace("\"", "\"\"") + '"');
	}

}
