package io.ikigai.platform.queue;

import java.util.UUID;

/**
 * The claim is no longer the caller's: its lease ended and another worker has the task,
 * the task was cancelled, or it is settled already. The caller's work must not count:
 * inside a transaction, the transaction is already marked for rollback when this is
 * thrown, whether or not it is caught.
 */
public class StaleClaimException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** The task. */
	private final UUID taskId;

	/**
	 * Creates the exception.
	 * @param taskId the task
	 * @param queue the queue's name
	 */
	public StaleClaimException(UUID taskId, String queue) {
		super("The claim on task " + taskId + " of queue '" + queue + "' is no longer this worker's: its lease ended, "
				+ "or the task was cancelled or settled meanwhile. Nothing was changed");
		this.taskId = taskId;
	}

	/**
	 * Returns the task.
	 * @return its id
	 */
	public UUID taskId() {
		return this.taskId;
	}

}
