package io.ikigai.platform;

/**
 * What holds for a call within a transaction of the platform's database.
 */
public enum Guarantee {

	/** It happens with the transaction, or not at all. */
	ATOMIC,

	/**
	 * It happens after the commit, at least once and in order, also if the process dies
	 * right after it; never if the transaction is rolled back.
	 */
	OUTBOX,

	/** It happens at once, whether the transaction commits or not. */
	BEST_EFFORT

}
