package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.TimeRange;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How often, and after which pauses.
 *
 * @param maxAttempts attempts in all, the first included
 * @param delay the pause after the first attempt
 * @param multiplier the factor from one pause to the next
 * @param maxDelay the longest pause
 * @param jitter the largest random change of a pause, in either direction
 */
public record RetryProperties(@DefaultValue("5") int maxAttempts, @DefaultValue("1s") Duration delay,
		@DefaultValue("2") double multiplier, @DefaultValue("10m") Duration maxDelay,
		@DefaultValue("100ms") Duration jitter) {

	void check(String prefix) {
		require(this.maxAttempts >= 1, prefix + ".max-attempts", this.maxAttempts, "It must be at least 1.");
		requireDelay(prefix + ".delay", this.delay);
		require(this.multiplier >= 1 && Double.isFinite(this.multiplier), prefix + ".multiplier", this.multiplier,
				"It must be at least 1.");
		requireDelay(prefix + ".max-delay", this.maxDelay);
		requireDelay(prefix + ".jitter", this.jitter);
	}

	private static void requireDelay(String key, Duration value) {
		require(!value.isNegative() && value.compareTo(TimeRange.LONGEST) <= 0, key, value,
				"It must be zero or more, and at most " + TimeRange.LONGEST.toDays() + " days.");
	}

	private static void require(boolean holds, String key, Object value, String reason) {
		if (!holds) {
			throw new InvalidConfigurationPropertyValueException(key, value, reason);
		}
	}

	/**
	 * Returns these values as a policy.
	 * @return the policy
	 */
	public RetryPolicy policy() {
		return new RetryPolicy(this.maxAttempts, this.delay, this.multiplier, this.maxDelay, this.jitter);
	}

}
