package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Publish and subscribe.
 *
 * @param retention how long a message is kept, so that a subscriber that was away gets it
 * @param bufferSize how many messages wait in memory for the handler of one subscription
 * at most; what comes beyond that is read when there is room
 * @param bufferMemory how much memory they take at most, roughly
 */
@ConfigurationProperties(prefix = "ikigai.pubsub", ignoreUnknownFields = false)
public record PubSubProperties(@DefaultValue("1m") Duration retention, @DefaultValue("1000") int bufferSize,
		@DefaultValue("8MB") DataSize bufferMemory) {

	/**
	 * Checks the values.
	 */
	public PubSubProperties {
		require(retention.compareTo(Duration.ofSeconds(1)) >= 0 && retention.compareTo(Duration.ofDays(7)) <= 0,
				"retention", retention, "It must be from one second to seven days.");
		require(bufferSize >= 1 && bufferSize <= 1_000_000, "buffer-size", bufferSize,
				"It must be from 1 to 1000000 messages.");
		require(bufferMemory.toBytes() >= 1024, "buffer-memory", bufferMemory, "It must be at least 1KB.");
	}

	private static void require(boolean holds, String key, Object value, String reason) {
		if (!holds) {
			throw new InvalidConfigurationPropertyValueException("ikigai.pubsub." + key, value, reason);
		}
	}

}
