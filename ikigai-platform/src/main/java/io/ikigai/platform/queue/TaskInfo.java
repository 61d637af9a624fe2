package io.ikigai.platform.queue;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * A task as it stood when it was looked at. All times are by the backend's clock. Of a
 * task that cannot be read, the error tells why; headers that cannot be read are empty, a
 * payload that cannot is {@code "unreadable"}.
 *
 * @param id the task's id
 * @param queue the queue's name
 * @param json the payload
 * @param priority higher goes first
 * @param attempt how often the task was claimed, releases not counted; 0 before the first
 * claim
 * @param maxAttempts after how many attempts the task is given up, if its listener says
 * nothing else
 * @param state where the task stands
 * @param scheduledFor not to be claimed before
 * @param claimedBy the agent that has it or finished it
 * @param claimedAt when it was claimed last
 * @param leaseExpiresAt when the claim ends unless extended; {@code null} for claims made
 * by plain SQL, which do not end
 * @param completedAt when it was completed
 * @param failedAt when it was given up or cancelled
 * @param error the error of the last attempt that failed
 * @param result what the handler returned, as JSON
 * @param headers the headers given at enqueue
 * @param createdAt when it was enqueued
 */
public record TaskInfo(UUID id, String queue, String json, int priority, int attempt, int maxAttempts, TaskState state,
		Instant scheduledFor, @Nullable String claimedBy, @Nullable Instant claimedAt, @Nullable Instant leaseExpiresAt,
		@Nullable Instant completedAt, @Nullable Instant failedAt, @Nullable String error, @Nullable String result,
		Map<String, String> headers, Instant createdAt) {

	/**
	 * Copies the headers, and takes times without end for the nearest ones in range.
	 * @param id the task's id
	 * @param queue the queue's name
	 * @param json the payload
	 * @param priority higher goes first
	 * @param attempt how often the task was claimed, releases not counted; 0 before the
	 * first claim
	 * @param maxAttempts after how many attempts the task is given up, if its listener
	 * says nothing else
	 * @param state where the task stands
	 * @param scheduledFor not to be claimed before
	 * @param claimedBy the agent that has it or finished it
	 * @param claimedAt when it was claimed last
	 * @param leaseExpiresAt when the claim ends unless extended; {@code null} for claims
	 * made by plain SQL, which do not end
	 * @param completedAt when it was completed
	 * @param failedAt when it was given up or cancelled
	 * @param error the error of the last attempt that failed
	 * @param result what the handler returned, as JSON
	 * @param headers the headers given at enqueue
	 * @param createdAt when it was enqueued
	 */
	public TaskInfo {
		headers = Map.copyOf(headers);
		scheduledFor = TimeRange.nearest(scheduledFor);
		claimedAt = nearest(claimedAt);
		leaseExpiresAt = nearest(leaseExpiresAt);
		completedAt = nearest(completedAt);
		failedAt = nearest(failedAt);
		createdAt = TimeRange.nearest(createdAt);
	}

	private static @Nullable Instant nearest(@Nullable Instant time) {
		return (time != null) ? TimeRange.nearest(time) : null;
	}

}
