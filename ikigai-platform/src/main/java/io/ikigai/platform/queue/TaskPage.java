package io.ikigai.platform.queue;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Some tasks of a queue, the newest first.
 *
 * @param tasks the tasks; perhaps fewer than were asked for, or none, though there is a
 * next page: looking further would have taken long
 * @param next where to go on, by {@link TaskQuery#withAfter(TaskPosition)}; {@code null}
 * if there is nothing more
 */
public record TaskPage(List<TaskInfo> tasks, @Nullable TaskPosition next) {

	/**
	 * Copies the tasks.
	 * @param tasks the tasks; perhaps fewer than were asked for, or none, though there is
	 * a next page: looking further would have taken long
	 * @param next where to go on, by {@link TaskQuery#withAfter(TaskPosition)};
	 * {@code null} if there is nothing more
	 */
	public TaskPage {
		tasks = List.copyOf(tasks);
	}

}
