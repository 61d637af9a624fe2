package io.ikigai.platform.autoconfigure.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many tasks of each queue came to an end, as the listeners of all processes told the
 * telemetry. The tables of the queues cannot tell it cheaply: they have no index by the
 * time at which a task ended.
 */
final class QueueRates {

	/**
	 * As many as a query may return; a busy queue tells many completions in one event.
	 */
	private static final int MOST_EVENTS = 10_000;

	private final Telemetry telemetry;

	QueueRates(Telemetry telemetry) {
		this.telemetry = telemetry;
	}

	/**
	 * Counts what was told in the last minute.
	 * @param type the type of the events
	 * @return how many tasks, by queue
	 */
	Map<String, Long> lastMinute(String type) {
		TelemetryQuery query = TelemetryQuery.all()
			.withType(type)
			.withFrom(Instant.now().minus(Duration.ofMinutes(1)))
			.withLimit(MOST_EVENTS);
		Map<String, Long> counts = new HashMap<>();
		for (TelemetryEvent event : this.telemetry.query(query)) {
			JsonNode told = JsonMapper.shared().readTree(event.json());
			if (told.path("queue").isString()) {
				counts.merge(told.path("queue").asString(), told.path("count").asLong(1), Long::sum);
			}
		}
		return counts;
	}

}
