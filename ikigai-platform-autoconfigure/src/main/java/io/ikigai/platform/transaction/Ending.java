package io.ikigai.platform.transaction;

/**
 * How a transaction ended.
 */
public enum Ending {

	/** What was written in it is there. */
	COMMITTED,

	/**
	 * It was rolled back. After a commit that failed, JPA's transaction manager says so
	 * too, though what was written may be there.
	 */
	ROLLED_BACK,

	/**
	 * The commit failed, and what was written may be there or not: the connection broke
	 * before the database had answered.
	 */
	UNKNOWN

}
