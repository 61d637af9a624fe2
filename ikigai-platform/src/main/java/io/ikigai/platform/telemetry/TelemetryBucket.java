package io.ikigai.platform.telemetry;

import java.time.Instant;

/**
 * One step of a time series.
 *
 * @param start when it begins
 * @param count how many events it was made of
 * @param value their values, aggregated
 */
public record TelemetryBucket(Instant start, long count, double value) {
}
