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
	STALE

}
