package io.ikigai.platform.queue;

import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/**
 * A place in the list of a queue's tasks, the newest first: that of the task with this
 * time and id, whether it is still there or not.
 *
 * @param createdAt when the task was created
 * @param id the task's id
 */
public record TaskPosition(Instant createdAt, UUID id) {

	/** The newest first; ids as they are written, for tasks of the same time. */
	public static final Comparator<TaskPosition> NEWEST_FIRST = Comparator.comparing(TaskPosition::createdAt)
		.thenComparing((position) -> position.id().toString())
		.reversed();

	/**
	 * Returns the place of a task.
	 * @param task the task
	 * @return its place
	 */
	public static TaskPosition of(TaskInfo task) {
		return new TaskPosition(task.createdAt(), task.id());
	}

	/**
	 * Reads what {@link #toString()} wrote.
	 * @param text the text
	 * @return the place
	 * @throws IllegalArgumentException if it is none
	 */
	public static TaskPosition parse(String text) {
		int comma = text.indexOf(',');
		try {
			return new TaskPosition(Instant.parse(text.substring(0, Math.max(comma, 0))),
					UUID.fromString(text.substring(comma + 1)));
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException("\"" + text + "\" is no place in a list of tasks: it is written"
					+ " 2026-01-12T08:00:00Z,00000000-0000-0000-0000-000000000000", ex);
		}
	}

	/**
	 * Writes the place for a link to the next page.
	 * @return what {@link #parse(String)} reads
	 */
	@Override
	public String toString() {
		return this.createdAt + "," + this.id;
	}

}
