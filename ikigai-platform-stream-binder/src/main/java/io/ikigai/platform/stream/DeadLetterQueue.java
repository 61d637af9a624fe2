package io.ikigai.platform.stream;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import tools.jackson.databind.util.RawValue;

/**
 * The queue of what a consumer gave up. A dead letter is what was given up, with its
 * headers and with why.
 */
final class DeadLetterQueue {

	static final String EXCEPTION_CLASS = "x-exception-fqcn";

	static final String EXCEPTION_MESSAGE = "x-exception-message";

	static final String EXCEPTION_STACKTRACE = "x-exception-stacktrace";

	static final String ORIGINAL = "x-original-destination";

	/** What a header of a task takes. */
	private static final int LONGEST_HEADER = 4096;

	private final TaskQueue queue;

	DeadLetterQueue(TaskQueue queue) {
		this.queue = queue;
	}

	/**
	 * Adds a dead letter. Joins the running transaction.
	 * @param source the queue or the mailbox that it was in
	 * @param json its payload
	 * @param headers its headers
	 * @param error why it was given up
	 */
	void add(String source, String json, Map<String, String> headers, Throwable error) {
		TaskOptions options = TaskOptions.of();
		for (Map.Entry<String, String> header : headers.entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		StringWriter stackTrace = new StringWriter();
		error.printStackTrace(new PrintWriter(stackTrace));
		this.queue.enqueue(new RawValue(json),
				options.withHeader(ORIGINAL, source)
					.withHeader(EXCEPTION_CLASS, error.getClass().getName())
					.withHeader(EXCEPTION_MESSAGE, storable(String.valueOf(error.getMessage())))
					.withHeader(EXCEPTION_STACKTRACE, storable(stackTrace.toString())));
	}

	/** Headers take neither a NUL nor half of a surrogate pair. */
	private static String storable(String text) {
		StringBuilder kept = new StringBuilder();
		text.codePoints()
			.filter((point) -> point != 0 && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE))
			.takeWhile((point) -> kept.length() + Character.charCount(point) <= LONGEST_HEADER)
			.forEach(kept::appendCodePoint);
		return kept.toString();
	}

}
