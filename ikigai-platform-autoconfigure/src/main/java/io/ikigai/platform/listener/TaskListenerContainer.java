package io.ikigai.platform.listener;

import io.ikigai.platform.queue.ClaimMode;

/**
 * A listener of a queue at work.
 */
public final class TaskListenerContainer extends ListenerContainer {

	private final TaskEndpoint endpoint;

	TaskListenerContainer(TaskEndpoint endpoint, ListenerSource source, ContainerSettings settings,
			ListenerThreads threads) {
		super(endpoint.listener(), source, settings, threads);
		this.endpoint = endpoint;
	}

	/**
	 * Returns how tasks are claimed.
	 * @return the mode
	 */
	public ClaimMode claimMode() {
		return this.endpoint.claimMode();
	}

}
