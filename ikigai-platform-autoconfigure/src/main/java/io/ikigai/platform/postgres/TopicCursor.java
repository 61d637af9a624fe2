package io.ikigai.platform.postgres;

import org.jspecify.annotations.Nullable;

/**
 * How far messages have been handed over. At rest: all that {@code from} sees. Within a
 * window: also those up to the id {@code after} of the ones that {@code to} sees and
 * {@code from} does not.
 *
 * @param from the snapshot up to which all is done
 * @param to the snapshot at the end of the window, or {@code null} at rest
 * @param after the last id of the window that is done
 */
record TopicCursor(String from, @Nullable String to, long after) {

	static TopicCursor at(String snapshot) {
		return new TopicCursor(snapshot, null, 0);
	}

	TopicCursor within(String window, long after) {
		return new TopicCursor(this.from, window, after);
	}

}
