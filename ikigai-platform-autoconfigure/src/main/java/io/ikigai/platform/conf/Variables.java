package io.ikigai.platform.conf;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Resolves <code>${NAME}</code> and <code>${NAME:default}</code>, and protects from
 * Spring what is to stay as it is.
 */
final class Variables {

	private static final String PREFIX = "${";

	private final Function<String, @Nullable String> lookup;

	/**
	 * Create the variables.
	 * @param lookup gives a variable's value, or {@code null} if it is not set
	 */
	Variables(Function<String, @Nullable String> lookup) {
		this.lookup = lookup;
	}

	/**
	 * The environment variables of the process and, for a name that is none of them, its
	 * system properties.
	 * @return the variables
	 */
	static Variables ofProcess() {
		return new Variables((name) -> {
			String value = System.getenv(name);
			return (value != null) ? value : System.getProperty(name);
		});
	}

	/**
	 * Replace every variable by its value. The values are not resolved again; defaults
	 * may contain variables.
	 * @param text the text
	 * @return the text with all variables replaced
	 * @throws UnresolvedVariableException if a variable is not set and has no default, or
	 * is not closed by a brace
	 */
	String resolve(String text) {
		StringBuilder result = new StringBuilder();
		int position = 0;
		for (int start = text.indexOf(PREFIX); start >= 0; start = text.indexOf(PREFIX, position)) {
			int end = closingBrace(text, start);
			if (end < 0) {
				throw new UnresolvedVariableException("has '${' without a closing '}'");
			}
			result.append(text, position, start);
			result.append(value(text.substring(start + PREFIX.length(), end)));
			position = end + 1;
		}
		return result.append(text, position, text.length()).toString();
	}

	private String value(String placeholder) {
		int colon = placeholder.indexOf(':');
		String name = (colon < 0) ? placeholder : placeholder.substring(0, colon);
		String value = name.isEmpty() ? null : this.lookup.apply(name);
		if (value != null) {
			return value;
		}
		if (colon < 0) {
			throw new UnresolvedVariableException("uses ${" + name + "}, which is not set");
		}
		return resolve(placeholder.substring(colon + 1));
	}

	/**
	 * Write a literal so that Spring's placeholder resolution, which runs whenever a
	 * property is read, gives back exactly this literal.
	 * @param literal the literal
	 * @return the value of the property
	 */
	static String escape(String literal) {
		StringBuilder result = new StringBuilder();
		int position = 0;
		for (int start = literal.indexOf(PREFIX); start >= 0; start = literal.indexOf(PREFIX, position)) {
			result.append(literal, position, start);
			// Spring removes the escape character only before what it takes for a
			// placeholder
			if (closingBrace(literal, start) >= 0) {
				result.append('\\');
			}
			result.append(PREFIX);
			position = start + PREFIX.length();
		}
		return result.append(literal, position, literal.length()).toString();
	}

	private static int closingBrace(String text, int start) {
		int open = 0;
		for (int i = start + PREFIX.length(); i < text.length(); i++) {
			if (text.charAt(i) == '{') {
				open++;
			}
			else if (text.charAt(i) == '}' && open-- == 0) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * A variable that has no value; the message completes a sentence about the value that
	 * holds it.
	 */
	static final class UnresolvedVariableException extends RuntimeException {

		private UnresolvedVariableException(String problem) {
			super(problem);
		}

		String getProblem() {
			return String.valueOf(getMessage());
		}

	}

}
