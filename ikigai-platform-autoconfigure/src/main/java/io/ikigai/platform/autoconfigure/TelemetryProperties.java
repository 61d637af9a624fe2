package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.logging.LogLevel;
import org.springframework.util.unit.DataSize;

/**
 * Telemetry.
 *
 * @param bufferSize how many events wait for the backend at most; what comes beyond that
 * is dropped and counted
 * @param bufferMemory how much memory they take at most, roughly
 * @param retention how long events are kept
 * @param tasks whether what becomes of tasks is emitted by itself
 * @param logLevel from which level on log lines become events, if the log is Logback's
 * @param metrics Micrometer's meters as events
 */
@ConfigurationProperties(prefix = "ikigai.telemetry", ignoreUnknownFields = false)
public record TelemetryProperties(@DefaultValue("10000") int bufferSize, @DefaultValue("32MB") DataSize bufferMemory,
		@DefaultValue("14d") Duration retention, @DefaultValue("true") boolean tasks,
		@DefaultValue("off") LogLevel logLevel, @DefaultValue Metrics metrics) {

	/**
	 * Checks the values.
	 */
	public TelemetryProperties {
		require(bufferSize >= 1 && bufferSize <= 1_000_000, "buffer-size", bufferSize,
				"It must be from 1 to 1000000 events.");
		require(bufferMemory.toBytes() >= 1024 * 1024, "buffer-memory", bufferMemory, "It must be at least 1MB.");
		require(!retention.isNegative(), "retention", retention, "It must be zero or more.");
	}

	/**
	 * Micrometer's meters as events.
	 *
	 * @param enabled whether each meter is emitted as a metric event
	 * @param step how often
	 */
	public record Metrics(@DefaultValue("false") boolean enabled, @DefaultValue("1m") Duration step) {

		/**
		 * Checks the values.
		 */
		public Metrics {
			require(step.compareTo(Duration.ofSeconds(1)) >= 0, "metrics.step", step, "It must be one second or more.");
		}

	}

	private static void require(boolean holds, String key, Object value, String reason) {
		if (!holds) {
			throw new InvalidConfigurationPropertyValueException("ikigai.telemetry." + key, value, reason);
		}
	}

}
