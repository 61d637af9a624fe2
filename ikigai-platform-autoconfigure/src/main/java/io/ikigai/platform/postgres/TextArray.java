package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * An array of texts as a parameter. The driver's own way looks at each character of each
 * element, which is what a bulk write of JSON then spends its time on.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO">PostgreSQL, Array Input
 * and Output Syntax</a>
 */
final class TextArray {

	private TextArray() {
	}

	static <R> PGobject of(List<R> rows, Function<R, @Nullable String> value) {
		StringBuilder array = new StringBuilder("{");
		for (R row : rows) {
			if (array.length() > 1) {
				array.append(',');
			}
			String element = value.apply(row);
			if (element == null) {
				array.append("NULL");
			}
			else {
				append(array, element);
			}
		}
		PGobject parameter = new PGobject();
		parameter.setType("_text");
		try {
			parameter.setValue(array.append('}').toString());
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The driver does not take an array", ex);
		}
		return parameter;
	}

	private static void append(StringBuilder array, String element) {
		array.append('"');
		int from = 0;
		for (int i = 0; i < element.length(); i++) {
			char c = element.charAt(i);
			if (c == '"' || c == '\\') {
				array.append(element, from, i).append('\\');
				from = i;
			}
		}
		array.append(element, from, element.length()).append('"');
	}

}
