package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads events to show them. Those for whose payloads there is no more room are shown as
 * unreadable.
 */
final class ShownEvents {

	private static final String SELECT = "SELECT id, agent_name, event_type, {text:payload} AS payload, created_at "
			+ "FROM {schema}.telemetry";

	private final JdbcClient jdbc;

	private final Schema schema;

	private final LargeRows<Shown> large;

	ShownEvents(JdbcClient jdbc, Schema schema) {
		this.jdbc = jdbc;
		this.schema = schema;
		this.large = new LargeRows<>(schema.largestText(), (ids, most) -> {
			Map<UUID, Shown> read = new HashMap<>();
			jdbc.sql(schema.sql(SELECT + " WHERE id = ANY (:ids)", ":most"))
				.param("ids", ids.toArray(UUID[]::new))
				.param("most", most)
				.query((row, number) -> shown(row))
				.list()
				.forEach((event) -> read.put(event.event.id(), event));
			return read;
		}, (event) -> Arrays.asList(event.text));
	}

	List<TelemetryEvent> read(TelemetryQuery query) {
		TelemetryConditions conditions = TelemetryConditions.of(query);
		List<Shown> events = this.jdbc.sql(this.schema
			.sql(SELECT + conditions.where() + " ORDER BY created_at DESC NULLS LAST, id DESC LIMIT :limit", ":most"))
			.params(conditions.values())
			.param("limit", query.limit())
			.param("most", this.large.each(query.limit()))
			.query((row, number) -> shown(row))
			.list();
		Map<UUID, Optional<Shown>> read = this.large
			.read(events.stream().filter(this.large::isLarge).map((event) -> event.event.id()).toList());
		return events.stream()
			.map((event) -> read.getOrDefault(event.event.id(), Optional.empty()).orElse(event).event)
			.toList();
	}

	private static Shown shown(ResultSet row) throws SQLException {
		String text = row.getString("payload");
		return new Shown(new TelemetryEvent(row.getObject("id", UUID.class), row.getString("agent_name"),
				row.getString("event_type"), TaskRow.shown(text), TaskRow.required(row, "created_at")), text);
	}

	/**
	 * An event to show.
	 *
	 * @param event the event
	 * @param text its payload; empty if it is too large to be read
	 */
	private record Shown(TelemetryEvent event, @Nullable String text) {
	}

}
