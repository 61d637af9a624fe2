package io.ikigai.platform.influxdb;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.telemetry.TelemetryEvent;
import org.influxdb.dto.Point;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.InvalidDataAccessResourceUsageException;

/**
 * Events as points of the measurement {@code telemetry}: agent, type and instance are
 * tags; the id, the payload and its numbers are fields.
 */
final class EventPoints {

	static final String MEASUREMENT = "telemetry";

	static final String ID = "id";

	static final String JSON = "json";

	private final EventTimes times = new EventTimes();

	// Keeps processes apart
	private final String instance = "%08x".formatted(ThreadLocalRandom.current().nextInt());

	static String numberField(String path) {
		return "payload." + Influxql.encode(path);
	}

	static String jsonField(int part) {
		return (part == 0) ? JSON : JSON + (part + 1);
	}

	Point point(TelemetryEvent event) {
		PayloadContent content = PayloadContent.of(event.json());
		Point.Builder point = Point.measurement(MEASUREMENT)
			.time(this.times.of(event), TimeUnit.NANOSECONDS)
			.tag("agent", Influxql.encode(event.agent()))
			.tag("type", Influxql.encode(event.type()))
			.tag("instance", this.instance)
			.addField(ID, event.id().toString());
		List<String> parts = PayloadParts.split(content.json());
		for (int part = 0; part < parts.size(); part++) {
			point.addField(jsonField(part), parts.get(part));
		}
		// Always as floating point: a field has one type for all points
		content.numbers().forEach((path, number) -> point.addField(numberField(path), number.doubleValue()));
		return point.build();
	}

	/**
	 * Reads an event from a row.
	 * @param columns the columns' names
	 * @param row the values
	 * @return the event, or {@code null} if somebody else wrote the point
	 */
	@Nullable TelemetryEvent event(List<String> columns, List<Object> row) {
		String id = text(columns, row, ID);
		String agent = text(columns, row, "agent");
		String type = text(columns, row, "type");
		List<String> parts = new ArrayList<>(1);
		String part = text(columns, row, JSON);
		while (part != null) {
			parts.add(part);
			part = text(columns, row, jsonField(parts.size()));
		}
		if (id == null || agent == null || type == null || parts.isEmpty()) {
			return null;
		}
		try {
			return new TelemetryEvent(UUID.fromString(id), Influxql.decode(agent), Influxql.decode(type),
					PayloadParts.join(parts), time(row.get(0)).truncatedTo(ChronoUnit.MICROS));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	static Instant time(@Nullable Object value) {
		if (value instanceof String text) {
			return Instant.parse(text);
		}
		throw new InvalidDataAccessResourceUsageException("InfluxDB gave a time that is none: " + value);
	}

	private static @Nullable String text(List<String> columns, List<Object> row, String name) {
		int column = columns.indexOf(name);
		return (column >= 0 && row.get(column) instanceof String text) ? text : null;
	}

}
