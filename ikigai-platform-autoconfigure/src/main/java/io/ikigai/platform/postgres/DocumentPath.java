package io.ikigai.platform.postgres;

import java.util.Collections;
import java.util.Locale;
import java.util.regex.Pattern;

import io.ikigai.platform.storage.FieldPath;
import org.jspecify.annotations.Nullable;

/**
 * A path into a document, as SQL. A step that is a whole number is the index of an array,
 * from 0, or from -1 at its end; in an object it is a field's name.
 */
final class DocumentPath {

	/**
	 * The value as a number, or null.
	 */
	private static final String NUMBER = "(CASE WHEN jsonb_typeof(value #> {path}) = 'number' "
			+ "THEN CAST(value #> {path} AS numeric) END)";

	/**
	 * The value as text, or null.
	 */
	private static final String TEXT = "(CASE WHEN jsonb_typeof(value #> {path}) = 'string' "
			+ "THEN value #>> {path} END)";

	/**
	 * The columns of the index for comparisons: text is cut, because an index takes no
	 * entry over 2.7 kB.
	 */
	private static final String INDEXED = NUMBER + ", (left(" + TEXT + ", 200) COLLATE \"C\")";

	private static final Pattern ARRAY_INDEX = Pattern.compile("\\s*[+-]?\\d+");

	private final String[] steps;

	DocumentPath(String path) {
		this.steps = FieldPath.parse(path).steps().toArray(String[]::new);
	}

	String[] steps() {
		return this.steps;
	}

	/**
	 * Returns the expressions of the path's index.
	 * @param literal the path as a quoted array
	 */
	static String indexed(String literal) {
		return INDEXED.replace("{path}", "CAST(" + literal + " AS text[])");
	}

	BoundSql value() {
		return bound("(value #> {path})");
	}

	BoundSql number() {
		return bound(NUMBER);
	}

	BoundSql text() {
		return bound(TEXT + " COLLATE \"C\"");
	}

	BoundSql cutText() {
		return bound("left(" + TEXT + ", 200) COLLATE \"C\"");
	}

	/**
	 * Returns the three keys that order values of all types: the type, the number, the
	 * text of all that is no number. What is missing is null as far as order goes, and
	 * last in either direction.
	 */
	BoundSql[] keys(boolean ascending) {
		return new BoundSql[] { bound("""
				(CASE jsonb_typeof(value #> {path}) WHEN 'number' THEN 1 WHEN 'string' THEN 2 WHEN 'boolean' THEN 3 \
				WHEN 'array' THEN 4 WHEN 'object' THEN 5 ELSE %s END)""".formatted(ascending ? 6 : 0)),
				bound("coalesce(" + NUMBER + ", 0)"), bound("""
						coalesce(CASE WHEN jsonb_typeof(value #> {path}) <> 'number' \
						THEN value #>> {path} END, '') COLLATE "C\"""") };
	}

	private BoundSql bound(String expression) {
		int paths = (expression.length() - expression.replace("{path}", "").length()) / "{path}".length();
		return new BoundSql().add(expression.replace("{path}", "CAST(? AS text[])"),
				Collections.nCopies(paths, this.steps).toArray(Object[]::new));
	}

	/**
	 * Returns the smallest document with this value at the path, or null if a step may be
	 * the index of an array: an element has its place, which containment does not know.
	 */
	@Nullable String documentWith(String json) {
		StringBuilder document = new StringBuilder(json);
		for (int i = this.steps.length - 1; i >= 0; i--) {
			if (ARRAY_INDEX.matcher(this.steps[i]).matches()) {
				return null;
			}
			document.insert(0, "{" + quoted(this.steps[i]) + ":").append('}');
		}
		return document.toString();
	}

	private static String quoted(String text) {
		StringBuilder quoted = new StringBuilder("\"");
		text.chars().forEach((c) -> {
			if (c < 0x20 || c == '"' || c == '\\') {
				quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
			}
			else {
				quoted.append((char) c);
			}
		});
		return quoted.append('"').toString();
	}

}
