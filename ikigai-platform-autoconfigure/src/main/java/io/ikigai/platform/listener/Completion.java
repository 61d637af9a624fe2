package io.ikigai.platform.listener;

import org.jspecify.annotations.Nullable;

/**
 * How that is settled whose handler returned, outside of a transaction of the handler.
 *
 * @param <R> what was handled
 */
@FunctionalInterface
interface Completion<R extends Received> {

	/**
	 * Settles it as done, now or soon.
	 * @param received what was handled
	 * @param result what the handler returned
	 * @param settlement settles by itself, and insists
	 * @param run the run, which must not end before
	 */
	void complete(R received, @Nullable Object result, LeasedSettlement settlement, ListenerRun run);

}
