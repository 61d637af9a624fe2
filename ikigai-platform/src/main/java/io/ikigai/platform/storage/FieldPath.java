package io.ikigai.platform.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A path into a document: the names of the fields on the way, outermost first. As text,
 * the steps are joined by dots; a step that is empty, holds a dot or begins with a quote
 * stands in single or double quotes, in which a backslash goes before a quote or another
 * backslash: {@code metadata.'source.file'}. A step that is a whole number is the index
 * into an array, from 0, or from its end with -1. Immutable.
 *
 * @param steps the steps
 */
public record FieldPath(List<String> steps) {

	private static final int LONGEST = 1024;

	/**
	 * Copies and checks the steps.
	 * @param steps the steps
	 * @throws IllegalArgumentException if there is no step, one holds NUL or a lone
	 * surrogate, or the path as text is longer than 1024 characters
	 */
	public FieldPath {
		steps = List.copyOf(steps);
		String text = text(steps);
		boolean storable = text.chars().noneMatch((c) -> c == 0)
				&& text.codePoints().noneMatch((c) -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
		if (steps.isEmpty() || text.length() > LONGEST || !storable) {
			throw malformed(text);
		}
	}

	/**
	 * Returns the path with these steps, which may hold any character but NUL.
	 * @param steps the steps
	 * @return the path
	 * @throws IllegalArgumentException if there is no step, one cannot be stored, or the
	 * path as text is longer than 1024 characters
	 */
	public static FieldPath of(String... steps) {
		return new FieldPath(List.of(steps));
	}

	/**
	 * Reads a path.
	 * @param text the path as text
	 * @return the path
	 * @throws IllegalArgumentException if it is malformed
	 */
	public static FieldPath parse(@Nullable String text) {
		if (text == null) {
			throw new IllegalArgumentException("A path must not be null");
		}
		List<String> steps = new ArrayList<>();
		int position = 0;
		do {
			StringBuilder step = new StringBuilder();
			position = step(text, position, step);
			steps.add(step.toString());
			if (position < text.length() && text.charAt(position) != '.') {
				throw malformed(text);
			}
			position++;
		}
		while (position <= text.length());
		return new FieldPath(steps);
	}

	/** Reads the step that begins at the position, and returns where it ends. */
	private static int step(String text, int start, StringBuilder step) {
		if (start < text.length() && isQuote(text.charAt(start))) {
			char quote = text.charAt(start);
			for (int i = start + 1; i < text.length(); i++) {
				char c = text.charAt(i);
				if (c == quote) {
					return i + 1;
				}
				boolean escape = c == '\\' && i + 1 < text.length()
						&& (text.charAt(i + 1) == '\\' || isQuote(text.charAt(i + 1)));
				step.append(escape ? text.charAt(++i) : c);
			}
			throw malformed(text);
		}
		int dot = text.indexOf('.', start);
		int end = (dot >= 0) ? dot : text.length();
		if (end == start) {
			throw malformed(text);
		}
		step.append(text, start, end);
		return end;
	}

	private static boolean isQuote(char c) {
		return c == '"' || c == '\'';
	}

	private static String text(List<String> steps) {
		return steps.stream().map(FieldPath::text).collect(Collectors.joining("."));
	}

	private static String text(String step) {
		boolean plain = !step.isEmpty() && !isQuote(step.charAt(0)) && step.indexOf('.') < 0;
		return plain ? step : '"' + step.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

	private static IllegalArgumentException malformed(String text) {
		return new IllegalArgumentException("'" + text
				+ "' is no path: write field names joined by dots, such as certificate.expires, and a name that holds a "
				+ "dot in quotes, such as metadata.'source.file'; 1024 characters at most");
	}

	/**
	 * Returns the path as text, the same for equal paths.
	 */
	@Override
	public String toString() {
		return text(this.steps);
	}

}
