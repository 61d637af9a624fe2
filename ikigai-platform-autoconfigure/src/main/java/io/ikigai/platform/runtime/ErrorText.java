package io.ikigai.platform.runtime;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * The text of an error as it is kept with a task: its stack trace, at most 8,000
 * characters. Of a longer one, frames are left out before causes are.
 */
final class ErrorText {

	private static final int LONGEST = 8000;

	private static final int LONGEST_LINE = 500;

	private ErrorText() {
	}

	static String of(Throwable error) {
		StringWriter text = new StringWriter();
		error.printStackTrace(new PrintWriter(text));
		String trace = text.toString().stripTrailing();
		for (int frames = 40; trace.length() > LONGEST && frames >= 5; frames /= 2) {
			trace = withFrames(trace, frames);
		}
		return of(trace);
	}

	private static String withFrames(String trace, int most) {
		StringBuilder text = new StringBuilder();
		int frames = 0;
		for (String line : trace.lines().toList()) {
			frames = line.stripLeading().startsWith("at ") ? frames + 1 : 0;
			if (frames <= most) {
				text.append(line).append('\n');
			}
		}
		return text.toString().stripTrailing();
	}

	/**
	 * Returns the first line of such a text, for an event.
	 */
	static String line(String error) {
		String line = error.lines().findFirst().orElse("");
		return (line.length() > LONGEST_LINE) ? UnstorableText.replaceIn(line.substring(0, LONGEST_LINE)) + '…' : line;
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
