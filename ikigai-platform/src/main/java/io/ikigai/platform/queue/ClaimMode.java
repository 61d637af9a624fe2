package io.ikigai.platform.queue;

/**
 * How a listener claims its tasks.
 */
public enum ClaimMode {

	/**
	 * The claim is committed with a lease, which is extended while the handler runs, for
	 * minutes if it must. The handler runs outside any transaction; its return completes
	 * the task. {@link Task#complete(Runnable)} puts writes and completion into one
	 * transaction. A handler that is itself {@code @Transactional} is completed inside
	 * its transaction.
	 */
	LEASE,

	/**
	 * Claim, handler and completion are one transaction. A crash rolls all of it back at
	 * once. For short handlers that touch nothing but the database.
	 */
	TRANSACTION

}
