package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What is kept beside a backend that is a mere broker, by one that is a database: unique
 * keys, which queues there are and which are paused, and, for queues whose tasks are
 * tracked, how each task stands. All of it is done at once, in no transaction of the
 * caller's. A task's message carries a ticket of its own each time it is sent; one task
 * may have several, of which one counts. Safe for use by several threads.
 */
public interface TaskTracker {

	/**
	 * Looks at tracked tasks and administers them; pauses any queue. What it puts back is
	 * not sent.
	 * @return the inspection
	 */
	TaskInspection inspection();

	/**
	 * Remembers that there is a queue.
	 * @param queue the queue's name
	 */
	void remember(String queue);

	/**
	 * Returns the queues that were remembered.
	 * @return their names, sorted
	 */
	List<String> remembered();

	/**
	 * Returns the queues that are paused.
	 * @return their names
	 */
	Set<String> paused();

	/**
	 * Reserves a unique key until it is freed.
	 * @param queue the queue's name
	 * @param key the key
	 * @param id the task that is to have it
	 * @return the task that has it
	 */
	KeyHolder reserve(String queue, String key, UUID id);

	/**
	 * Notes that a task with a unique key was sent: its key stays with it even if its
	 * sender is gone.
	 * @param id the task's id
	 */
	void sent(UUID id);

	/**
	 * Frees the unique keys of tasks.
	 * @param ids the ids of tasks, whether they have one or not
	 */
	void free(Collection<UUID> ids);

	/**
	 * Begins to track tasks. One that is tracked already is left alone.
	 * @param queue the queue's name
	 * @param tasks the tasks
	 * @return the ids of those that are to be sent: not those that were claimed or
	 * finished meanwhile
	 */
	Set<UUID> add(String queue, List<NewTask> tasks);

	/**
	 * Forgets tasks that could not be sent.
	 * @param ids their ids
	 */
	void withdraw(Collection<UUID> ids);

	/**
	 * Claims the tasks of messages that arrived. A message that arrives again and whose
	 * ticket is that of the task's claim tells that the claimer died.
	 * @param queue the queue's name
	 * @param arrivals the messages
	 * @param lease how long the claims last
	 * @return what is known of the tasks that are claimed now, or have to wait for their
	 * next worker, by the tickets of their messages; all other messages are of no use any
	 * more
	 */
	Map<UUID, Tracked> claim(String queue, Collection<Arrival> arrivals, Duration lease);

	/**
	 * Settles a claim.
	 * @param id the task's id
	 * @param token the claim's token
	 * @param outcome how it ends
	 * @return whether the claim was still the caller's
	 */
	boolean settle(UUID id, UUID token, TaskOutcome outcome);

	/**
	 * Completes claims.
	 * @param claims the claims
	 * @return the tokens of those that were completed
	 */
	Set<UUID> completeAll(Collection<CompletedClaim> claims);

	/**
	 * Ends a claim whose lease has ended, as a death of its worker.
	 * @param id the task's id
	 * @param token the claim's token
	 * @return after which pause the task is to be claimed again, or {@code null} if it is
	 * not to be
	 */
	@Nullable Duration lost(UUID id, UUID token);

	/**
	 * Moves the end of leases.
	 * @param claims the claims
	 * @param lease from now
	 * @return the tokens of those that are still the caller's
	 */
	Set<UUID> extend(Collection<TaskClaim> claims, Duration lease);

	/**
	 * Tells whether a claim is still the caller's.
	 * @param id the task's id
	 * @param token the claim's token
	 * @return whether it is
	 */
	boolean claimed(UUID id, UUID token);

	/**
	 * Tells whether a task was cancelled.
	 * @param id the task's id
	 * @return whether it was
	 */
	boolean cancelled(UUID id);

	/**
	 * Keeps what a worker tells about its progress.
	 * @param id the task's id
	 * @param token the claim's token
	 * @param fraction from 0 to 1
	 * @param note what is being done
	 * @return whether the claim was still the caller's
	 */
	boolean progress(UUID id, UUID token, double fraction, String note);

	/**
	 * Puts failed tasks back, which the caller sends then.
	 * @param queue the queue's name
	 * @param id the task, or {@code null} for all that failed
	 * @return the tasks, the oldest first
	 */
	List<NewTask> redrive(String queue, @Nullable UUID id);

	/**
	 * Returns tasks that have been ready for long, to be sent again if their messages are
	 * gone.
	 * @param queue the queue's name
	 * @param longer for how long at least
	 * @return some of them, the oldest first
	 */
	List<NewTask> waiting(String queue, Duration longer);

	/**
	 * Who has a unique key.
	 *
	 * @param id the task's id
	 * @param sent whether it is known to have been sent
	 */
	record KeyHolder(UUID id, boolean sent) {
	}

	/**
	 * A message of a task.
	 *
	 * @param id the task's id
	 * @param ticket the message's ticket
	 * @param again whether it was delivered before
	 */
	record Arrival(UUID id, UUID ticket, boolean again) {
	}

	/**
	 * What is known of a task that was claimed.
	 *
	 * @param token the claim's token
	 * @param attempt from 1, this claim included
	 * @param deaths how many claims ended with their worker's death
	 * @param createdAt when the task was enqueued
	 * @param scheduledFor when it was due
	 * @param claimedAt when it was claimed
	 * @param pause zero if it is claimed; otherwise how long it has to wait for its next
	 * worker, for the last one has died, and there is no claim
	 */
	record Tracked(UUID token, int attempt, int deaths, Instant createdAt, Instant scheduledFor, Instant claimedAt,
			Duration pause) {
	}

}
