package io.ikigai.platform.queue;

import io.ikigai.platform.RetryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Task} as a listener container sees it.
 */
public interface ListenedTask extends Task {

	/**
	 * Notes who begins to handle the task, for {@link TaskObserver}.
	 * @param listener the listener's id
	 */
	void handledBy(String listener);

	/**
	 * Begins the work of a running transaction that will settle this task: makes sure
	 * that the transaction does not outlive the lease in a frozen process.
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void beginSettling();

	/**
	 * Settles a failed attempt: back to the queue after the policy's pause or, when the
	 * attempts are used up, given up. Attempts that ended with a worker's death do not
	 * count.
	 * @param error what the handler threw
	 * @param policy the listener's policy; the task's own limit of attempts wins
	 * @return whether the task is given up
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	boolean failAttempt(Throwable error, RetryPolicy policy);

	/**
	 * Makes the completion of this task, to be written by
	 * {@link ListenedTaskQueue#completeAll}.
	 * @param result the result, if it has one
	 * @return the completion; nothing is written yet
	 * @throws io.ikigai.platform.PayloadException if the result cannot be taken
	 */
	FinishedTask finished(@Nullable Object result);

	/**
	 * Stops the extension of the lease, so that another worker gets the task when it has
	 * ended: what is done with a task that cannot be settled.
	 */
	void abandon();

	/**
	 * Asks whether the handler settled the task itself, in a transaction that may still
	 * be running.
	 * @return whether it did
	 */
	boolean settled();

}
