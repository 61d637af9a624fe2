package io.ikigai.platform.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The platform's schema in the database.
 *
 * @param name its name
 * @param tasks the table that is meant by {@code {schema}.task_queue}
 * @param largestText how large the text of a JSON value may be to be read, in bytes;
 * plain SQL may have written larger ones
 * @param functions whether the server has the platform's functions
 */
record Schema(String name, String tasks, int largestText, boolean functions) {

	private static final int LARGEST_TEXT = 16 * 1024 * 1024;

	private static final Pattern TEXT = Pattern.compile("\\{text:([a-z_.]+)(?: by ([a-z_.]+))?}");

	// A small value that is not compressed has at most 30 numbers, of which each has at
	// most 131,072 digits. Anything else is tried by functions that survive what the
	// server cannot show.
	private static final String READABLE = """
			CASE WHEN pg_column_size($1) < 512 AND pg_column_compression($1) IS NULL
				THEN CASE WHEN octet_length($1::text) <= {most} THEN $1::text ELSE '' END
				ELSE {schema}.ikigai_bounded_text($1, {most}) END""";

	// What the platform has written has been looked through before it was stored
	private static final String READABLE_OF_PLATFORM = READABLE.replace("ELSE {schema}",
			"WHEN $2 IS NOT NULL THEN {schema}.ikigai_text($1, {most}) ELSE {schema}");

	private static final String READABLE_WITHOUT_FUNCTIONS = """
			CASE WHEN pg_column_size($1) < 512 AND pg_column_compression($1) IS NULL
				THEN CASE WHEN octet_length($1::text) <= {most} THEN $1::text ELSE '' END
				WHEN (SELECT sum(scale(n) + CASE WHEN abs(n) < 1e40 THEN 40 WHEN abs(n) < 1e400 THEN 400
						WHEN abs(n) < 1e4000 THEN 4000 ELSE 131072 END)
					FROM (SELECT jsonb_path_query($1, 'strict $.** ? (@.type() == "number")')::numeric AS n) AS numbers)
					> {most} THEN ''
				ELSE $1::text END""";

	private static final Pattern SEARCHED = Pattern.compile("\\{searched:([a-z_.]+)}");

	// For conditions over many rows: looks at the size of the large ones only
	private static final String SEARCHABLE = """
			CASE WHEN pg_column_size($1) < 2000 AND pg_column_compression($1) IS NULL THEN $1::text
				ELSE {schema}.ikigai_bounded_text($1, {most}) END""";

	Schema(String name) {
		this(name, "task_queue", LARGEST_TEXT, true);
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
		return new Schema(this.name, table, this.largestText, this.functions);
	}

	/**
	 * The same schema, from which twice the largest payload can be read: a number may be
	 * stored longer than it was written.
	 */
	Schema withPayloadsUpTo(long bytes) {
		return new Schema(this.name, this.tasks,
				(int) Math.min(512 * 1024 * 1024, Math.max(LARGEST_TEXT, 2 * Math.min(bytes, Integer.MAX_VALUE))),
				this.functions);
	}

	/**
	 * The same schema on a server that has only some of the platform's tables, and none
	 * of its functions.
	 */
	Schema withoutFunctions() {
		return new Schema(this.name, this.tasks, this.largestText, false);
	}

	/**
	 * Completes SQL: <code>{schema}</code> is the schema, <code>{text:column}</code> the
	 * text of a JSON column, which is empty where the value is too large to be read,
	 * <code>{text:column by sender}</code> the same where another column tells whether
	 * the platform has written the row, and <code>{searched:column}</code> the same for
	 * conditions.
	 */
	String sql(String text) {
		return sql(text, Integer.toString(this.largestText));
	}

	/**
	 * Completes SQL.
	 * @param text the SQL
	 * @param most SQL for how large a text may be to be read: a number, a parameter, or
	 * something that is replaced later
	 */
	String sql(String text, String most) {
		String complete = text;
		if (text.contains("{text:")) {
			complete = TEXT.matcher(text).replaceAll((match) -> {
				String readable = !this.functions ? READABLE_WITHOUT_FUNCTIONS
						: (match.group(2) != null) ? READABLE_OF_PLATFORM : READABLE;
				return Matcher.quoteReplacement(readable.replace("$1", match.group(1))
					.replace("$2", String.valueOf(match.group(2)))
					.replace("{most}", most));
			});
		}
		if (text.contains("{searched:")) {
			complete = SEARCHED.matcher(complete)
				.replaceAll(
						this.functions ? SEARCHABLE.replace("{most}", Integer.toString(this.largestText)) : "$1::text");
		}
		return complete.replace("{schema}.task_queue", "{schema}." + this.tasks)
			.replace("{schema}", '"' + this.name.replace("\"", "\"\"") + '"');
	}

}
