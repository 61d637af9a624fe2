package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a backend implements so that work goes through task queues on it: with
 * {@link TaskInspection} the SPI behind {@link TaskQueue}. Names and payloads that arrive
 * here are checked. Methods join the running transaction where the backend is the
 * database of that transaction. Safe for use by several threads.
 */
public interface TaskStore {

	/**
	 * Stores tasks, and wakes the waiting consumers once they are visible. If that fails,
	 * some of many may be there where the backend is not the database of the running
	 * transaction. A task whose id is there already is left alone where the backend can
	 * tell: who cannot know whether it arrived sends it again.
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
	 * @param transactional whether the claims belong to the running transaction
	 * @return the claims in the order of the queue
	 */
	List<TaskClaim> claim(String queue, int max, Duration lease, boolean transactional);

	/**
	 * Claims tasks whose time has not come, so that they can be moved to another backend,
	 * unless the queue is paused. A claim that is given up leaves the time as it was.
	 * Takes no part in transactions.
	 * @param queue the queue's name
	 * @param max how many at most
	 * @param lease how long the claims last
	 * @return the claims, the earliest first
	 */
	List<TaskClaim> claimScheduled(String queue, int max, Duration lease);

	/**
	 * Settles a claim.
	 * @param claim the claim
	 * @param outcome how it ends
	 * @return whether the claim was still the caller's; if not, nothing was changed
	 */
	boolean settle(TaskClaim claim, TaskOutcome outcome);

	/**
	 * Completes claims in a transaction of its own, called outside of any other. Does not
	 * wait long for a task that another transaction has locked.
	 * @param claims the claims with how they end, each claim once, none of them
	 * {@link TaskClaim#transactional() transactional}
	 * @return those that were not completed, in order. Each of them has to be completed
	 * by itself: it is no longer the caller's, one of the tasks was locked for long, or
	 * its task was changed since it was claimed
	 */
	List<CompletedClaim> completeAll(List<CompletedClaim> claims);

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
	 * transaction, except for {@link TaskClaim#transactional() transactional} claims.
	 * @param claims the claims
	 * @param lease from now
	 * @return the ids of those that are no longer the caller's
	 */
	Set<UUID> extend(Collection<TaskClaim> claims, Duration lease);

	/**
	 * Tells whether a task was cancelled.
	 * @param claim a claim on the task
	 * @return whether it was
	 */
	boolean cancelled(TaskClaim claim);

	/**
	 * Keeps what the worker tells about its progress.
	 * @param claim the claim
	 * @param fraction from 0 to 1
	 * @param note what is being done
	 * @return whether the claim was still the caller's; if not, nothing was changed
	 */
	boolean progress(TaskClaim claim, double fraction, String note);

	/**
	 * Asks to be woken when tasks of a queue may be ready: a hint, given from a thread of
	 * the backend, that must be taken without blocking.
	 * @param queue the queue's name
	 * @param wake what to call
	 * @return what ends the waking
	 */
	AutoCloseable onReady(String queue, Runnable wake);

}
