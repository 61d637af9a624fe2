package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The keys {@code ikigai.listeners.*}.
 *
 * @param idleEventInterval after how long without work a listener's idle event is
 * published, and how often again; without it never
 */
@ConfigurationProperties("ikigai.listeners")
public record ListenersProperties(@Nullable Duration idleEventInterval) {

	/**
	 * Checks the interval.
	 */
	public ListenersProperties {
		if (idleEventInterval != null && idleEventInterval.toMillis() < 1) {
			throw new IllegalArgumentException(
					"ikigai.listeners.idle-event-interval must be at least a millisecond, not " + idleEventInterval);
		}
	}

}
