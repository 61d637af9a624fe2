package io.ikigai.platform.listener;

import java.time.Duration;

import io.ikigai.platform.RetryPolicy;

/**
 * What listeners use where their annotation says nothing.
 *
 * @param lease how long a claim lasts without an extension
 * @param concurrency how many handler calls of one listener run at the same time
 * @param retry what happens after a failed attempt
 * @param pollInterval how often a listener looks for tasks that nobody announced; the
 * listeners of an application together look about once a second at most
 * @param shutdownTimeout how long running handlers may go on once a listener stops;
 * afterwards they are interrupted and their tasks given back
 * @param virtualThreads whether handlers run on virtual threads; needs Java 21
 */
public record TaskListenerSettings(Duration lease, Concurrency concurrency, RetryPolicy retry, Duration pollInterval,
		Duration shutdownTimeout, boolean virtualThreads) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException naming the value that is out of its range
	 */
	public TaskListenerSettings {
		requirePositive("lease", lease);
		requirePositive("pollInterval", pollInterval);
		if (shutdownTimeout.isNegative()) {
			throw new IllegalArgumentException("shutdownTimeout must be zero or more, not " + shutdownTimeout);
		}
	}

	private static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " must be more than zero, not " + value);
		}
	}

}
