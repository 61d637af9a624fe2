package io.ikigai.platform.listener;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Remembers the tasks whose transaction was undone as a whole, claim included, so that
 * the database does not know of the failure: lost against a concurrent transaction, or
 * refused at the commit. A task that this happened to too often in this process fails
 * with the error instead of being handled once more.
 */
final class UndoneClaims {

	static final int LIMIT = 5;

	private static final int LARGEST = 10_000;

	private final Map<UUID, Undone> undone = new ConcurrentHashMap<>();

	/**
	 * Remembers tasks.
	 * @param tasks the tasks
	 * @param error why
	 * @return how often it happened to one of them
	 */
	int add(List<ReceivedTask> tasks, Throwable error) {
		if (this.undone.size() > LARGEST) {
			// Tasks that others have handled since
			this.undone.clear();
		}
		int times = 0;
		for (ReceivedTask task : tasks) {
			Undone now = this.undone.merge(task.task().id(), new Undone(1, error),
					(before, once) -> new Undone(before.times() + 1, error));
			times = Math.max(times, now.times());
		}
		return times;
	}

	void forget(List<ReceivedTask> tasks) {
		tasks.forEach((task) -> this.undone.remove(task.task().id()));
	}

	@Nullable Throwable tooOften(ReceivedTask task) {
		Undone before = this.undone.get(task.task().id());
		return (before != null && before.times() >= LIMIT) ? before.error() : null;
	}

	private record Undone(int times, Throwable error) {
	}

}
