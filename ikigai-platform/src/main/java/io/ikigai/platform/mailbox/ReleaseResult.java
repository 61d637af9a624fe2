package io.ikigai.platform.mailbox;

/**
 * What became of a message that was given back.
 */
public enum ReleaseResult {

	/**
	 * It comes again.
	 */
	AGAIN,

	/**
	 * Its attempts are used up, and it is given up.
	 */
	GIVEN_UP,

	/**
	 * It was no longer the caller's; nothing was changed.
	 */
	STALE,

	/**
	 * A transaction of the caller has acknowledged it or given it up, though its commit
	 * got no answer. It does not come again, and what was handed out after it stays.
	 */
	SETTLED

}
