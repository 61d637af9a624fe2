package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * A claim as a {@link TaskStore} hands it out: the task and what fences its writes.
 *
 * @param id the task's id
 * @param token what this claim, and no other on the same task, is known by
 * @param queue the queue's name
 * @param json the payload
 * @param priority higher goes first
 * @param attempt from 1, this claim included
 * @param deaths how many claims on this task ended with their worker's death
 * @param maxAttempts the task's own limit, if it has one
 * @param uniqueKey the task's unique key, if it has one
 * @param headers the headers
 * @param createdAt when it was enqueued
 * @param scheduledFor when it was due
 * @param claimedAt when this claim was made
 * @param claimedBy the agent that made it
 * @param lease how long the claim lasts
 * @param transactional whether it was made inside a transaction, to which it belongs
 * @param receipt what the store needs to find the task again, if anything
 * @param flaw why the task cannot be read, if it cannot: it is failed with this reason
 * and handed to no handler
 */
public record TaskClaim(UUID id, UUID token, String queue, String json, int priority, int attempt, int deaths,
		@Nullable Integer maxAttempts, @Nullable String uniqueKey, Map<String, String> headers, Instant createdAt,
		Instant scheduledFor, Instant claimedAt, String claimedBy, Duration lease, boolean transactional,
		@Nullable String receipt, @Nullable String flaw) {

	/**
	 * Copies the headers, and takes times without end for the nearest ones in range.
	 * @param id the task's id
	 * @param token what this claim, and no other on the same task, is known by
	 * @param queue the queue's name
	 * @param json the payload
	 * @param priority higher goes first
	 * @param attempt from 1, this claim included
	 * @param deaths how many claims on this task ended with their worker's death
	 * @param maxAttempts the task's own limit, if it has one
	 * @param uniqueKey the task's unique key, if it has one
	 * @param headers the headers
	 * @param createdAt when it was enqueued
	 * @param scheduledFor when it was due
	 * @param claimedAt when this claim was made
	 * @param claimedBy the agent that made it
	 * @param lease how long the claim lasts
	 * @param transactional whether it was made inside a transaction, to which it belongs
	 * @param receipt what the store needs to find the task again, if anything
	 * @param flaw why the task cannot be read, if it cannot
	 */
	public TaskClaim {
		headers = Map.copyOf(headers);
		createdAt = TimeRange.nearest(createdAt);
		scheduledFor = TimeRange.nearest(scheduledFor);
	}

}
