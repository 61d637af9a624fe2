package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Task queues.
 *
 * @param lease how long a claim lasts without an extension; listeners extend it while the
 * handler runs
 * @param concurrency how many tasks a listener handles at the same time, such as 4 or
 * 2-16, if it says nothing itself
 * @param pollInterval how often listeners and waiting claims look for tasks though
 * nothing woke them; a last resort, since what nobody announced is found for all of them
 * together every second
 * @param maxWorkerDeaths after how many deaths of its worker a task is given up
 * @param retention how long completed and cancelled tasks are kept
 * @param failedRetention how long failed tasks are kept
 * @param retry how often a failed task is tried again, if its listener says nothing
 * itself
 */
@ConfigurationProperties(prefix = "ikigai.queues", ignoreUnknownFields = false)
public record QueuesProperties(@DefaultValue("30s") Duration lease, @DefaultValue("1") String concurrency,
		@DefaultValue("1h") Duration pollInterval, @DefaultValue("5") int maxWorkerDeaths,
		@DefaultValue("7d") Duration retention, @DefaultValue("30d") Duration failedRetention,
		@DefaultValue @NestedConfigurationProperty RetryProperties retry) {

	/**
	 * Checks the values.
	 */
	public QueuesProperties {
		require(lease.compareTo(Duration.ofSeconds(1)) >= 0 && lease.compareTo(Duration.ofDays(1)) <= 0, "lease", lease,
				"It must be from one second to one day.");
		require(concurrency.matches("\\d+(-\\d+)?"), "concurrency", concurrency,
				"It must be a number such as 4, or two such as 2-16.");
		require(pollInterval.compareTo(Duration.ofMillis(100)) >= 0, "poll-interval", pollInterval,
				"It must be at least 100 milliseconds.");
		require(maxWorkerDeaths >= 1, "max-worker-deaths", maxWorkerDeaths, "It must be at least 1.");
		require(!retention.isNegative(), "retention", retention, "It must be zero or more.");
		require(!failedRetention.isNegative(), "failed-retention", failedRetention, "It must be zero or more.");
		retry.check("ikigai.queues.retry");
	}

	private static void require(boolean holds, String key, Object value, String reason) {
		if (!holds) {
			throw new InvalidConfigurationPropertyValueException("ikigai.queues." + key, value, reason);
		}
	}

}
