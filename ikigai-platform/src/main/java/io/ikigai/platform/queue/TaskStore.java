package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a backend implements so that task queues run on it: the SPI behind
 * {@link TaskQueue}. Names and payloads that arrive here are checked. Methods join the
 * running transaction where the backend is the database of that transaction. Safe for use
 * by several threads.
 */
public interface TaskStore {

	/**
	 * Stores tasks, all or none, and wakes who waits for them once they are visible.
	 * @param queue the queue's name
	 * @param tasks the tasks
	 * @return their ids, in order; for a unique key that is taken, the id of the task
	 * that has it
	 */
	List<UUID> add(String queue, List<NewTask> tasks);

	/**
	 * Claims ready tasks for this process, unless the queue is paused.
	 * @param queue the queue's name
	 * @param max how many at most
	 * @param lease how long the claims last
	 * @return the claims in the order of the queue
	 */
	List<TaskClaim> claim(String queue, int max, Duration lease);

	/**
	 * Settles a claim.
	 * @param claim the claim
	 * @param outcome how it ends
	 * @return whether the claim was still the caller's; if not, nothing was changed
	 */
	boolean settle(TaskClaim claim, TaskOutcome outcome);

	/**
	 * Begins a transaction that will settle the claim: makes sure that the transaction
	 * does not outlive the lease in a frozen process.
	 * @param claim the claim
	 * @return whether the claim is still the caller's
	 */
	boolean beginSettling(TaskClaim claim);

	/**
	 * Moves the end of leases. Never waits for a transaction: a claim whose task is
	 * locked by one is left as it is and not reported. Takes no part in the running
	 * transaction.
	 * @param claims the claims
	 * @param lease from now
	 * @return the ids of those that are no longer the caller's
	 */
	Set<UUID> extend(Collection<TaskClaim> claims, Duration lease);

	/**
	 * Keeps what the worker tells about its progress.
	 * @param claim the claim
	 * @param fraction from 0 to 1
	 * @param note what is being done
	 * @return whether the claim was still the caller's; if not, nothing was changed
	 */
	boolean progress(TaskClaim claim, double fraction, String note);

	/**
	 * Returns the progress of a task.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return the progress, if anything was told
	 */
	Optional<TaskProgress> progress(String queue, UUID id);

	/**
	 * Looks a task up.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return the task
	 */
	Optional<TaskInfo> find(String queue, UUID id);

	/**
	 * Lists tasks, the newest first.
	 * @param queue the queue's name
	 * @param state the state they are in
	 * @param limit how many at most
	 * @return the tasks
	 */
	List<TaskInfo> list(String queue, TaskState state, int limit);

	/**
	 * Cancels a task that is not finished.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return whether it was cancelled
	 */
	boolean cancel(String queue, UUID id);

	/**
	 * Puts a failed task back.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return whether it was put back
	 */
	boolean redrive(String queue, UUID id);

	/**
	 * Puts all failed tasks of a queue back.
	 * @param queue the queue's name
	 * @return how many
	 */
	long redriveFailed(String queue);

	/**
	 * Stops or resumes the claiming from a queue, in every process.
	 * @param queue the queue's name
	 * @param paused whether to stop
	 */
	void pause(String queue, boolean paused);

	/**
	 * Counts tasks.
	 * @return the counts of every queue that holds tasks, by its name
	 */
	Map<String, QueueStats> stats();

	/**
	 * Counts the tasks of one queue.
	 * @param queue the queue's name
	 * @return the counts
	 */
	QueueStats stats(String queue);

	/**
	 * Returns the queues that hold tasks.
	 * @return the names, sorted
	 */
	List<String> queues();

	/**
	 * Deletes finished tasks whose retention is over.
	 * @param completed how long completed and cancelled ones are kept
	 * @param failed how long failed ones are kept
	 * @return how many were deleted
	 */
	long deleteFinished(Duration completed, Duration failed);

	/**
	 * Asks to be woken when tasks of a queue may be ready: a hint, given from a thread of
	 * the backend, that must be taken without blocking.
	 * @param queue the queue's name
	 * @param wake what to call
	 * @return what ends the waking
	 */
	AutoCloseable onReady(String queue, Runnable wake);

}
