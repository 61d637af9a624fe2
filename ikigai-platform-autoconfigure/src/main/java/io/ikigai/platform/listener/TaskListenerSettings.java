package io.ikigai.platform.listener;

import java.time.Duration;

import io.ikigai.platform.RetryPolicy;

/**
 * What listeners of queues use where their annotation says nothing.
 *
 * @param lease how long a claim lasts without an extension
 * @param concurrency how many handler calls of one listener run at the same time
 * @param retry what happens after a failed attempt
 * @param container how the containers run
 */
public record TaskListenerSettings(Duration lease, Concurrency concurrency, RetryPolicy retry,
		ContainerSettings container) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException naming the value that is out of its range
	 */
	public TaskListenerSettings {
		ContainerSettings.requirePositive("lease", lease);
	}

}
