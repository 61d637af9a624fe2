package io.ikigai.platform.transaction;

/**
 * What the calling thread's transaction is, as the platform's database sees it.
 */
public enum TransactionPhase {

	/** The thread has no transaction and no synchronization. */
	NONE,

	/** A transaction of the platform's database is running and takes work. */
	RUNNING,

	/**
	 * A transaction of the platform's database has been committed or rolled back, and its
	 * connection is still bound to the thread: Spring calls {@code afterCommit},
	 * {@code afterCompletion} and listeners of these phases. Work on that connection is
	 * never committed for certain.
	 */
	ENDED,

	/**
	 * The thread has a synchronization of something else, such as the transaction of
	 * another database. A connection of the platform's database that is bound with it
	 * isn't committed by it.
	 */
	FOREIGN

}
