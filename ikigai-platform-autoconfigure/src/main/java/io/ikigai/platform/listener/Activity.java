package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link ListenerContainer} does between its start and its stop.
 */
interface Activity {

	/**
	 * Returns how many handler calls run.
	 * @return how many
	 */
	int active();

	/**
	 * Takes nothing more, or goes on.
	 * @param paused whether to take nothing
	 */
	void pause(boolean paused);

	/**
	 * Returns for how long there was nothing to do.
	 * @return the time in nanoseconds since the last handler ended, or the start; 0 if
	 * that is not known
	 */
	long idleNanos();

	/**
	 * Begins to stop; without effect if that has begun.
	 * @param patience how long running handlers may go on; then they are interrupted
	 * @return done when it has stopped
	 */
	CompletableFuture<@Nullable Void> stop(Duration patience);

	/**
	 * Asks whether it has begun to stop.
	 * @return whether it has
	 */
	boolean stopping();

	/**
	 * Tells what keeps it from its work.
	 * @return the problem, or {@code null} if it works
	 */
	@Nullable String problem();

}
