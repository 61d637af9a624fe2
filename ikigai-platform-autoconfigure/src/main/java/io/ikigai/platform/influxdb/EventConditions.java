package io.ikigai.platform.influxdb;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.telemetry.TelemetryQuery;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The conditions of a query in InfluxQL.
 *
 * @param beside those beside the time, each ending in {@code AND}
 * @param from the first nanosecond
 * @param to the nanosecond after the last
 */
record EventConditions(String beside, long from, long to) {

	// A little less than the server takes, so that the first and last step fit too
	private static final long FIRST = -9_000_000_000_000_000_000L;

	private static final long LAST = 9_000_000_000_000_000_000L;

	/**
	 * Translates a query.
	 * @param query the query
	 * @param jsonFields the fields that payloads are in
	 */
	static EventConditions of(TelemetryQuery query, List<String> jsonFields) {
		List<String> conditions = new ArrayList<>();
		if (query.agent() != null) {
			conditions.add("agent = " + Influxql.string(Influxql.encode(query.agent())));
		}
		if (query.type() != null) {
			conditions.add("type = " + Influxql.string(Influxql.encode(query.type())));
		}
		if (query.text() != null) {
			String expression = Influxql.containing(asJson(query.text()));
			conditions.add(jsonFields.stream()
				.map((field) -> field + " =~ " + expression)
				.collect(Collectors.joining(" OR ", "(", ")")));
		}
		return new EventConditions(
				conditions.stream().map((condition) -> condition + " AND ").collect(Collectors.joining()),
				nanos(query.from(), FIRST), nanos(query.to(), LAST));
	}

	String where() {
		return where(this.from, this.to);
	}

	/**
	 * Returns the clause for a part of the time.
	 * @param start the first nanosecond
	 * @param end the nanosecond after the last
	 */
	String where(long start, long end) {
		return " WHERE " + this.beside + "time >= " + Math.max(this.from, start) + " AND time < "
				+ Math.min(this.to, end);
	}

	private static String asJson(String text) {
		String quoted = JsonMapper.shared().writeValueAsString(text);
		String json = quoted.substring(1, quoted.length() - 1);
		if (json.length() > PayloadParts.OVERLAP) {
			throw new UnsupportedByBackendException(
					"A query for a text of more than " + PayloadParts.OVERLAP + " characters", "influxdb",
					"Look for a part of it, or keep telemetry on postgres or timescaledb.");
		}
		return json;
	}

	static long nanos(@Nullable Instant time, long otherwise) {
		if (time == null) {
			return otherwise;
		}
		if (time.getEpochSecond() < FIRST / 1_000_000_000) {
			return FIRST;
		}
		if (time.getEpochSecond() >= LAST / 1_000_000_000) {
			return LAST;
		}
		return time.getEpochSecond() * 1_000_000_000 + time.getNano();
	}

}
