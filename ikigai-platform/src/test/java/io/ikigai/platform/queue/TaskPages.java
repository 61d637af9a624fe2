package io.ikigai.platform.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads tasks page by page. A page may end early, even without a task, when its search
 * has taken long.
 */
public final class TaskPages {

	private TaskPages() {
	}

	/**
	 * Returns the tasks of all pages.
	 * @param queue their queue
	 * @param query which ones, from its place on
	 * @return the tasks, the newest first
	 */
	public static List<TaskInfo> all(TaskQueue queue, TaskQuery query) {
		TaskPage page = queue.find(query);
		List<TaskInfo> all = new ArrayList<>(page.tasks());
		while (page.next() != null) {
			page = queue.find(query.withAfter(page.next()));
			all.addAll(page.tasks());
		}
		return all;
	}

}
