package io.ikigai.platform;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.queue.QueueStats;

/**
 * What {@link Platform#drainTo(Platform)} did.
 *
 * @param tasks how many tasks were moved
 * @param messages how many messages were moved
 * @param queuesLeft the queues that still have unfinished tasks, sorted by name
 * @param mailboxesLeft the mailboxes that still have unread messages with their number,
 * sorted by name
 */
public record DrainReport(long tasks, long messages, Map<String, QueueStats> queuesLeft,
		Map<String, Long> mailboxesLeft) {

	/**
	 * Copies the maps.
	 * @param tasks how many tasks were moved
	 * @param messages how many messages were moved
	 * @param queuesLeft the queues that still have unfinished tasks, sorted by name
	 * @param mailboxesLeft the mailboxes that still have unread messages with their
	 * number, sorted by name
	 */
	public DrainReport {
		queuesLeft = Collections.unmodifiableMap(new TreeMap<>(queuesLeft));
		mailboxesLeft = Collections.unmodifiableMap(new TreeMap<>(mailboxesLeft));
	}

	/**
	 * Tells whether nothing is left.
	 * @return whether all was moved
	 */
	public boolean finished() {
		return this.queuesLeft.isEmpty() && this.mailboxesLeft.isEmpty();
	}

}
