package io.ikigai.platform;

import java.time.Duration;
import java.time.Instant;

/**
 * The times and durations that every backend can keep. What a caller gives is refused
 * outside of the range; what a backend holds already, such as {@code infinity} written by
 * plain SQL, is read as the nearest time in it.
 */
public final class TimeRange {

	/** The earliest time: the beginning of the year 1. */
	public static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

	/** The latest time: the end of the year 9999. */
	public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

	/** The longest delay: 1,000 years. */
	public static final Duration LONGEST = Duration.ofDays(365_250);

	private TimeRange() {
	}

	/**
	 * Checks a time that a caller gives.
	 * @param name what the caller calls it
	 * @param time the time
	 * @return the time
	 * @throws IllegalArgumentException naming the range, if the time is outside of it
	 */
	public static Instant check(String name, Instant time) {
		if (!time.equals(nearest(time))) {
			throw new IllegalArgumentException(name + " must be from " + EARLIEST + " to " + LATEST + ", not " + time);
		}
		return time;
	}

	/**
	 * Checks a delay that a caller gives.
	 * @param name what the caller calls it
	 * @param delay the delay
	 * @return the delay
	 * @throws IllegalArgumentException naming the range, if the delay is negative or too
	 * long
	 */
	public static Duration checkDelay(String name, Duration delay) {
		if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException(
					name + " must be from zero to " + LONGEST.toDays() + " days, not " + delay);
		}
		return delay;
	}

	/**
	 * Returns the nearest time in the range.
	 * @param time any time
	 * @return the time, the earliest or the latest
	 */
	public static Instant nearest(Instant time) {
		if (time.isBefore(EARLIEST)) {
			return EARLIEST;
		}
		return time.isAfter(LATEST) ? LATEST : time;
	}

}
