package io.ikigai.platform.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskPosition;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * Goes back in time through the tasks of a queue, which Redis keeps by their age for each
 * state.
 */
final class TaskSearch {

	private static final int TOGETHER = 200;

	private static final int MOST_LOOKED_AT = 2000;

	private final BiFunction<TaskState, Place, List<TaskInfo>> read;

	/**
	 * Creates a search in one queue.
	 * @param read reads tasks of one state, the newest first
	 */
	TaskSearch(BiFunction<TaskState, Place, List<TaskInfo>> read) {
		this.read = read;
	}

	TaskPage find(TaskQuery query) {
		List<TaskInfo> found = new ArrayList<>();
		TaskPosition looked = null;
		for (TaskState state : (query.state() != null) ? List.of(query.state()) : List.of(TaskState.values())) {
			TaskPosition end = find(query, state, found);
			if (end != null && (looked == null || TaskPosition.NEWEST_FIRST.compare(end, looked) < 0)) {
				looked = end;
			}
		}
		// Below that place other states have not been looked at
		TaskPosition last = looked;
		found.removeIf((task) -> last != null && TaskPosition.NEWEST_FIRST.compare(TaskPosition.of(task), last) > 0);
		found.sort((one, other) -> TaskPosition.NEWEST_FIRST.compare(TaskPosition.of(one), TaskPosition.of(other)));
		if (found.size() > query.limit()) {
			return new TaskPage(found.subList(0, query.limit()), TaskPosition.of(found.get(query.limit() - 1)));
		}
		return new TaskPage(found, last);
	}

	/**
	 * Finds enough tasks of one state.
	 * @return where it stopped to look, or {@code null} if there are no more
	 */
	private @Nullable TaskPosition find(TaskQuery query, TaskState state, List<TaskInfo> found) {
		int fitting = 0;
		for (int looked = 0;; looked += TOGETHER) {
			List<TaskInfo> tasks = this.read.apply(state, new Place(query.after(), looked, TOGETHER));
			for (TaskInfo task : tasks) {
				if (comesAfter(task, query.after()) && contains(task, query.text())) {
					found.add(task);
					fitting++;
				}
			}
			if (tasks.size() < TOGETHER) {
				return null;
			}
			if (fitting > query.limit() || looked + TOGETHER >= MOST_LOOKED_AT) {
				return TaskPosition.of(tasks.get(tasks.size() - 1));
			}
		}
	}

	private static boolean comesAfter(TaskInfo task, @Nullable TaskPosition after) {
		return after == null || TaskPosition.NEWEST_FIRST.compare(TaskPosition.of(task), after) > 0;
	}

	private static boolean contains(TaskInfo task, @Nullable String text) {
		if (text == null) {
			return true;
		}
		String wanted = text.toLowerCase(Locale.ROOT);
		for (String part : new String[] { task.id().toString(), task.json(), task.error(), task.claimedBy() }) {
			if (part != null && part.toLowerCase(Locale.ROOT).contains(wanted)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Where to read.
	 *
	 * @param from not newer than this, or {@code null} for the newest
	 * @param skip how many to pass over
	 * @param limit how many to read
	 */
	record Place(@Nullable TaskPosition from, int skip, int limit) {
	}

}
