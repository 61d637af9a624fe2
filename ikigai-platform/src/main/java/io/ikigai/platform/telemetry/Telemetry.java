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
	 * {@code log}, or a type of your own
	 * @param payload anything that Jackson writes as JSON
	 * @throws io.ikigai.platform.PayloadException if the payload cannot be taken
	 */
	void emit(String eventType, Object payload);

	/**
	 * Reads events.
	 * @param query which
	 * @return the events, the newest first
	 */
	List<TelemetryEvent> query(TelemetryQuery query);

	/**
	 * Makes a time series.
	 * @param query which events
	 * @param bucket the length of a step
	 * @param valuePath where the number is in the payload, field names joined by dots
	 * @param aggregation how the numbers of a step become one
	 * @return the steps that hold events, the oldest first
	 */
	List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath, Aggregation aggregation);

	/**
	 * Waits until what was emitted before has been handed to the backend.
	 */
	void flush();

}
