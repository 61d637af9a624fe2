package io.ikigai.platform.listener;

import org.jspecify.annotations.Nullable;

/**
 * What was taken from a queue or a mailbox and is settled by what becomes of its handler.
 * Each method that settles writes once, joins the running transaction and throws what the
 * write throws.
 */
interface Received extends Handled {

	/**
	 * Notes that its handling begins.
	 */
	void begin();

	/**
	 * Asks whether the handler settled it itself, in a transaction that may still be
	 * running.
	 * @return whether it did
	 */
	boolean settled();

	/**
	 * Begins the work of a running transaction that will settle it.
	 */
	void beginSettling();

	/**
	 * Settles it as done, unless the handler has settled it.
	 * @param result what the handler returned
	 */
	void complete(@Nullable Object result);

	/**
	 * Settles a failed attempt.
	 * @param error why it failed
	 * @return whether it is given up, the attempts being used up
	 */
	boolean failAttempt(Throwable error);

	/**
	 * Gives it up.
	 * @param error why
	 */
	void giveUp(Throwable error);

	/**
	 * Gives it back as if it had not been taken.
	 */
	void release();

	/**
	 * Extends its lease no more, as a last resort: it comes again when that has ended.
	 */
	void abandon();

	/**
	 * Asks the listener's error handler, if there is one.
	 * @param error what the handler threw
	 * @throws Exception what the error handler threw
	 */
	void askErrorHandler(Throwable error) throws Exception;

	/**
	 * Asks whether an error tells that this, and nothing else, is no longer the
	 * listener's.
	 * @param error the error
	 * @return whether it does
	 */
	boolean isStale(Throwable error);

	/**
	 * Describes it for the log.
	 * @return the beginning of a sentence
	 */
	String describe();

}
