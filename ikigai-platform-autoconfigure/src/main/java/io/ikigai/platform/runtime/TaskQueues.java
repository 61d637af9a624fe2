package io.ikigai.platform.runtime;

import java.util.List;

import io.ikigai.platform.queue.ListenedTaskQueue;

/**
 * The task queues of this process. Safe for use by several threads.
 */
public final class TaskQueues {

	private final TaskQueueServices services;

	/**
	 * Creates the queues.
	 * @param services what they work with
	 */
	public TaskQueues(TaskQueueServices services) {
		this.services = services;
	}

	/**
	 * Returns the queue of that name.
	 * @param name the queue's name
	 * @return the queue
	 */
	public ListenedTaskQueue queue(String name) {
		return new RuntimeTaskQueue(name, this.services);
	}

	TaskQueueServices services() {
		return this.services;
	}

	List<String> names() {
		return this.services.inspection().queues();
	}

}
