package io.ikigai.platform.listener;

import java.time.Duration;

/**
 * How containers run, whatever they listen to.
 *
 * @param pollInterval how often a listener looks for what nobody announced; the listeners
 * of an application together look about once a second at most
 * @param shutdownTimeout how long running handlers may go on once a listener stops;
 * afterwards they are interrupted and what they were at is given back
 * @param virtualThreads whether handlers run on virtual threads; needs Java 21
 */
public record ContainerSettings(Duration pollInterval, Duration shutdownTimeout, boolean virtualThreads) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException naming the value that is out of its range
	 */
	public ContainerSettings {
		requirePositive("pollInterval", pollInterval);
		if (shutdownTimeout.isNegative()) {
			throw new IllegalArgumentException("shutdownTimeout must be zero or more, not " + shutdownTimeout);
		}
	}

	static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " must be more than zero, not " + value);
		}
	}

}
