package io.ikigai.platform.runtime;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * The text of an error as it is kept with a task: its stack trace, at most 8,000
 * characters.
 */
final class ErrorText {

	private static final int LONGEST = 8000;

	private ErrorText() {
	}

	static String of(Throwable error) {
		StringWriter text = new StringWriter();
		error.printStackTrace(new PrintWriter(text));
		return of(text.toString().stripTrailing());
	}

	static String of(String error) {
		String storable = UnstorableText.replaceIn(error);
		if (storable.length() <= LONGEST) {
			return storable;
		}
		int end = Character.isHighSurrogate(storable.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
		return storable.substring(0, end) + '…';
	}

}
