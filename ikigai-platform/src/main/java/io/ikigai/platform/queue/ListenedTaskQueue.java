package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.List;

/**
 * A {@link TaskQueue} as listener containers use it.
 */
public interface ListenedTaskQueue extends TaskQueue {

	/**
	 * Claims ready tasks, whose leases are then extended until they are settled.
	 * @param max how many at most
	 * @param lease how long a claim lasts without an extension
	 * @return the tasks in the order of the queue
	 */
	List<ListenedTask> claim(int max, Duration lease);

	/**
	 * Completes tasks of this queue in one transaction of its own, outside of any other.
	 * Does not wait long for a task that another transaction has locked.
	 * @param tasks the tasks, each of them once
	 * @return those that were not completed, in order. Each of them has to be completed
	 * by itself: it is no longer the caller's, one of the tasks was locked for long, or
	 * its task was changed since it was claimed
	 */
	List<FinishedTask> completeAll(List<FinishedTask> tasks);

	/**
	 * Asks to be woken when tasks may be ready.
	 * @param wake what to call, without blocking
	 * @return what ends the waking
	 */
	AutoCloseable onReady(Runnable wake);

}
