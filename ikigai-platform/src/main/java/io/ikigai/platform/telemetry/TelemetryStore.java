package io.ikigai.platform.telemetry;

import java.time.Duration;
import java.util.List;

/**
 * What a backend implements so that telemetry is kept on it: the SPI behind
 * {@link Telemetry}. Names, payloads and questions that arrive here are checked. Safe for
 * use by several threads.
 */
public interface TelemetryStore {

	/**
	 * Keeps events, all or none, in no transaction of the caller. An event that is there
	 * already, by its id, is left alone: who cannot know whether a write arrived writes
	 * again.
	 * @param events the events, at least one
	 */
	void write(List<TelemetryEvent> events);

	/**
	 * Reads events.
	 * @param query which
	 * @return the events, the newest first
	 */
	List<TelemetryEvent> query(TelemetryQuery query);

	/**
	 * Makes a time series. Steps begin at whole multiples of their length since 1970 in
	 * UTC.
	 * @param query which events
	 * @param bucket the length of a step
	 * @param valuePath the field names on the way to the number, joined by dots; not
	 * looked at for {@link Aggregation#COUNT}
	 * @param aggregation how the numbers of a step become one
	 * @param limit how many steps at most
	 * @return the steps that hold events, the oldest first
	 */
	List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath, Aggregation aggregation,
			int limit);

}
