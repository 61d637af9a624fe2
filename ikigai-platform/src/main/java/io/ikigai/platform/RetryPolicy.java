package io.ikigai.platform;

import java.time.Duration;

/**
 * How often, and after which pauses, work that failed is tried again. The words are those
 * of Spring Framework's {@code @Retryable}. After attempt <i>n</i> the pause is
 * {@code delay * multiplier^(n - 1)}, at most {@code maxDelay}, moved by a random amount
 * of up to {@code jitter} in either direction and never below zero.
 *
 * @param maxAttempts attempts in all, the first included; at least 1
 * @param delay the pause after the first attempt
 * @param multiplier the factor from one pause to the next; at least 1
 * @param maxDelay the longest pause
 * @param jitter the largest random change of a pause
 */
public record RetryPolicy(int maxAttempts, Duration delay, double multiplier, Duration maxDelay, Duration jitter) {

	/**
	 * Checks the values.
	 * @param maxAttempts attempts in all, the first included; at least 1
	 * @param delay the pause after the first attempt
	 * @param multiplier the factor from one pause to the next; at least 1
	 * @param maxDelay the longest pause
	 * @param jitter the largest random change of a pause
	 * @throws IllegalArgumentException naming the value that is out of its range
	 */
	public RetryPolicy {
		require(maxAttempts >= 1, "maxAttempts", maxAttempts, "at least 1");
		requireDelay("delay", delay);
		require(multiplier >= 1 && Double.isFinite(multiplier), "multiplier", multiplier, "at least 1");
		requireDelay("maxDelay", maxDelay);
		requireDelay("jitter", jitter);
	}

	private static void requireDelay(String name, Duration value) {
		require(!value.isNegative() && value.compareTo(TimeRange.LONGEST) <= 0, name, value,
				"zero or more, and at most " + TimeRange.LONGEST.toDays() + " days");
	}

	private static void require(boolean holds, String name, Object value, String range) {
		if (!holds) {
			throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
		}
	}

	/**
	 * Returns the pause after an attempt.
	 * @param attempt the attempt that failed, counted from 1
	 * @param random a number in [-1, 1) that places the pause within the jitter
	 * @return the pause before the next attempt
	 */
	public Duration delayAfter(int attempt, double random) {
		double longest = this.maxDelay.toMillis();
		double pause = Math.min(longest, this.delay.toMillis() * Math.pow(this.multiplier, Math.max(0, attempt - 1)));
		double moved = Math.max(0, Math.min(longest, pause + random * this.jitter.toMillis()));
		return Duration.ofMillis(Math.round(moved));
	}

}
