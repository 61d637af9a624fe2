package io.ikigai.platform.postgres;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.TimeRange;
import io.ikigai.platform.telemetry.TelemetryQuery;
import tools.jackson.databind.json.JsonMapper;

/**
 * The conditions of a query as SQL.
 *
 * @param where the clause, empty if there are none
 * @param values the values it names
 */
record TelemetryConditions(String where, Map<String, Object> values) {

	static TelemetryConditions of(TelemetryQuery query) {
		List<String> conditions = new ArrayList<>();
		Map<String, Object> values = new HashMap<>();
		if (query.agent() != null) {
			conditions.add("agent_name = :agent");
			values.put("agent", query.agent());
		}
		if (query.type() != null) {
			conditions.add("event_type = :type");
			values.put("type", query.type());
		}
		if (query.from() != null) {
			conditions.add("created_at >= :from");
			values.put("from", time(query.from()));
		}
		if (query.to() != null) {
			conditions.add("created_at < :to");
			values.put("to", time(query.to()));
		}
		if (query.text() != null) {
			conditions.add("{searched:payload} ILIKE :text");
			values.put("text", pattern(query.text()));
		}
		return new TelemetryConditions(conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions),
				values);
	}

	private static OffsetDateTime time(Instant time) {
		return TimeRange.nearest(time).atOffset(ZoneOffset.UTC);
	}

	// The server escapes quotes and the like in JSON as Jackson does.
	private static String pattern(String text) {
		String quoted = JsonMapper.shared().writeValueAsString(text);
		return "%"
				+ quoted.substring(1, quoted.length() - 1).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
				+ "%";
	}

}
