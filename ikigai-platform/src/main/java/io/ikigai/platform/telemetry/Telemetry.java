package io.ikigai.platform.telemetry;

import java.time.Duration;
import java.util.List;

/**
 * Events of agents. Safe for use by several threads.
 */
public interface Telemetry {

	/**
	 * Emits an event. Never blocks on the backend and never takes part in the caller's
	 * transaction: what failed must still be told. The payload has been read when this
	 * returns. What the backend cannot take in time is dropped, counted and reported.
	 * @param eventType {@code task_completed}, {@code error}, {@code metric},
	 * {@code log}, or a type of your own, of 1 to 255 characters
	 * @param payload anything that Jackson writes as JSON
	 * @throws IllegalArgumentException if the type cannot be taken, or the payload is
	 * {@code null}
	 * @throws io.ikigai.platform.PayloadException if the payload cannot be taken
	 */
	void emit(String eventType, Object payload);

	/**
	 * Reads events.
	 * @param query which
	 * @return the events, the newest first
	 * @throws IllegalArgumentException if the query makes no sense, saying why
	 */
	List<TelemetryEvent> query(TelemetryQuery query);

	/**
	 * Makes a time series. Steps begin at whole multiples of their length since 1970 in
	 * UTC. Events without a number at the path are left out, except by
	 * {@link Aggregation#COUNT}, which counts all events and does not look at the path.
	 * @param query which events
	 * @param bucket the length of a step, from a millisecond to 366 days
	 * @param valuePath where the number is in the payload, field names joined by dots
	 * @param aggregation how the numbers of a step become one
	 * @return the steps that hold events, the oldest first
	 * @throws IllegalArgumentException if the question makes no sense, saying why, or has
	 * more than 10,000 steps for an answer
	 */
	List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath, Aggregation aggregation);

	/**
	 * Waits until what was emitted before has been handed to the backend, ten seconds at
	 * most.
	 * @throws IllegalStateException if it has not been by then; it stays in the buffer
	 */
	void flush();

}
