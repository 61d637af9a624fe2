package io.ikigai.platform.listener;

import java.util.concurrent.TimeUnit;

/**
 * Spaces the takings of one listener under load. One that did not get all it asked for
 * has emptied the queue; the next one is worth its round trip when some work has
 * gathered, and begins no sooner than after twice its duration, 5 ms at most. While idle,
 * nothing waits: the last one is long over. Used by one thread at a time.
 */
final class ClaimPace {

	private static final int PAUSES = 2;

	private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private long endedAt = System.nanoTime();

	private long pauseNanos;

	/**
	 * Notes a taking.
	 * @param began when it began, as {@link System#nanoTime()} tells
	 * @param emptied whether it got less than it asked for
	 */
	void took(long began, boolean emptied) {
		this.endedAt = System.nanoTime();
		this.pauseNanos = emptied ? Math.min(LONGEST_PAUSE_NANOS, PAUSES * (this.endedAt - began)) : 0;
	}

	/**
	 * Returns how long the next taking has to wait.
	 * @return nanoseconds; 0 or less if it may begin
	 */
	long waitNanos() {
		return this.endedAt + this.pauseNanos - System.nanoTime();
	}

}
