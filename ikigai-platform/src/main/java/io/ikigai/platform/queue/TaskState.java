package io.ikigai.platform.queue;

/**
 * Where a task stands.
 */
public enum TaskState {

	/** Waiting for its time, {@link TaskInfo#scheduledFor()}. */
	SCHEDULED,

	/** Waiting for a worker. */
	READY,

	/** A worker has it. */
	CLAIMED,

	/** Done. */
	COMPLETED,

	/** Given up, with an error. */
	FAILED,

	/** Cancelled before it was finished. */
	CANCELLED

}
