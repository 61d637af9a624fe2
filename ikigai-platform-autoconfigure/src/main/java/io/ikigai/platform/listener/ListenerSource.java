package io.ikigai.platform.listener;

import java.util.List;

/**
 * Where a {@link ListenerContainer} takes its work from.
 */
interface ListenerSource {

	/**
	 * Takes work.
	 * @param workers how many pieces of work at most
	 * @param run the run of the container that asks
	 * @return what was taken
	 */
	Taken take(int workers, ListenerRun run);

	/**
	 * Asks to be woken when there may be work.
	 * @param wake what to call; does not block
	 * @return what ends the waking
	 */
	AutoCloseable onReady(Runnable wake);

	/**
	 * Tells whether work may be taken a moment before a worker is free to begin it.
	 * @return whether it may
	 */
	boolean mayTakeAhead();

	/**
	 * What was taken.
	 *
	 * @param work the pieces of work, each for one worker
	 * @param more whether there was as much as was asked for, and probably is more
	 */
	record Taken(List<Work> work, boolean more) {
	}

	/**
	 * What one worker does at a time.
	 */
	interface Work {

		/**
		 * Does it, settling included.
		 */
		void run();

		/**
		 * Gives back what is not settled yet, as if it had not been taken, and interrupts
		 * the handler that is at it. Called when the container stops, from another thread
		 * than that of {@link #run()} and before, during or after it.
		 */
		void giveBack();

	}

}
