package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Mailboxes.
 *
 * @param lease how long a process holds a mailbox without an extension; it is extended
 * while the process has messages that are not settled
 * @param pollInterval how often who waits for a message looks though nothing woke it; a
 * last resort
 * @param retention how long read messages are kept
 * @param retry how often a message comes again that was released, whose receiver died, or
 * whose handler failed, if its listener says nothing itself; the pauses are those after a
 * failed handler
 */
@ConfigurationProperties(prefix = "ikigai.mailboxes", ignoreUnknownFields = false)
public record MailboxesProperties(@DefaultValue("30s") Duration lease, @DefaultValue("1h") Duration pollInterval,
		@DefaultValue("7d") Duration retention, @DefaultValue @NestedConfigurationProperty RetryProperties retry) {

	/**
	 * Checks the values.
	 */
	public MailboxesProperties {
		require(lease.compareTo(Duration.ofSeconds(1)) >= 0 && lease.compareTo(Duration.ofDays(1)) <= 0, "lease", lease,
				"It must be from one second to one day.");
		require(pollInterval.compareTo(Duration.ofMillis(100)) >= 0, "poll-interval", pollInterval,
				"It must be at least 100 milliseconds.");
		require(!retention.isNegative(), "retention", retention, "It must be zero or more.");
		retry.check("ikigai.mailboxes.retry");
	}

	private static void require(boolean holds, String key, Object value, String reason) {
		if (!holds) {
			throw new InvalidConfigurationPropertyValueException("ikigai.mailboxes." + key, value, reason);
		}
	}

}
