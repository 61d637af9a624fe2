package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.Task;

/**
 * A listener of a queue that a program adds at run time, where
 * {@code @IkigaiTaskListener} would say it at build time.
 *
 * @param id unique in the application
 * @param queue the queue's name
 * @param claimMode how tasks are claimed
 * @param concurrency how many calls at the same time
 * @param batch how many tasks a call gets at most; 0 for one at a time
 * @param retry what happens after a failed attempt
 * @param handler what is called
 */
public record AddedTaskListener(String id, String queue, ClaimMode claimMode, Concurrency concurrency, int batch,
		RetryPolicy retry, Handler handler) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException naming the value that is out of its range
	 */
	public AddedTaskListener {
		if (batch < 0 || batch > 1000) {
			throw new IllegalArgumentException("batch must be from 0 to 1000, not " + batch);
		}
	}

	/**
	 * Handles tasks. Called by as many threads as the concurrency says.
	 */
	public interface Handler {

		/**
		 * Handles tasks. Returning completes them, unless the handler has settled them
		 * itself.
		 * @param tasks one task, or those of a batch
		 * @throws Exception any exception is a failed attempt at each of them
		 */
		void handle(List<Task> tasks) throws Exception;

		/**
		 * Is told of a task that is given up, in the transaction that gives it up.
		 * @param task the task
		 * @param error why
		 */
		void givenUp(Task task, Throwable error);

	}

}
