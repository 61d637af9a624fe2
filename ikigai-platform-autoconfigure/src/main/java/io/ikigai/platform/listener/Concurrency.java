package io.ikigai.platform.listener;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many handler calls of one listener run at the same time. Written {@code "4"} for up
 * to four, with no thread kept while nothing is to be done, or {@code "2-16"} for two
 * threads kept and up to sixteen under load.
 *
 * @param kept threads kept while idle; with virtual threads none are
 * @param max calls at the same time, from 1 to 1000
 */
public record Concurrency(int kept, int max) {

	static final String ALLOWED = "a number from 1 to 1000 such as 4, or a range such as 2-16";

	private static final Pattern FORM = Pattern.compile("(?:(\\d{1,4})\\s*-\\s*)?(\\d{1,4})");

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if they are out of range
	 */
	public Concurrency {
		if (kept < 0 || max < 1 || max > 1000 || kept > max) {
			throw new IllegalArgumentException(
					"concurrency '%s' must be %s".formatted((kept != 0) ? kept + "-" + max : max, ALLOWED));
		}
	}

	/**
	 * Reads the written form.
	 * @param text such as {@code "4"} or {@code "2-16"}
	 * @return the concurrency
	 * @throws IllegalArgumentException naming what is allowed
	 */
	public static Concurrency parse(String text) {
		Matcher matcher = FORM.matcher(text.trim());
		if (!matcher.matches()) {
			throw new IllegalArgumentException("concurrency '%s' must be %s".formatted(text, ALLOWED));
		}
		String kept = matcher.group(1);
		return new Concurrency((kept != null) ? Integer.parseInt(kept) : 0, Integer.parseInt(matcher.group(2)));
	}

	@Override
	public String toString() {
		return (this.kept != 0) ? this.kept + "-" + this.max : String.valueOf(this.max);
	}

}
