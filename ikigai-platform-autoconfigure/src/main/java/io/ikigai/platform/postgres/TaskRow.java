package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads rows of {@code task_queue}.
 */
final class TaskRow {

	private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {
	};

	private final JsonMapper json;

	TaskRow(JsonMapper json) {
		this.json = json;
	}

	TaskInfo info(ResultSet row) throws SQLException {
		return new TaskInfo(row.getObject("id", UUID.class), row.getString("queue_name"), row.getString("payload"),
				row.getInt("priority"), row.getInt("attempt"), row.getInt("max_attempts"),
				TaskState.valueOf(row.getString("state")), required(row, "scheduled_for"), row.getString("claimed_by"),
				instant(row, "claimed_at"), instant(row, "lease_expires_at"), instant(row, "completed_at"),
				instant(row, "failed_at"), row.getString("error"), row.getString("result"), headers(row),
				required(row, "created_at"));
	}

	Map<String, String> headers(ResultSet row) throws SQLException {
		String headers = row.getString("headers");
		return (headers != null) ? headers(headers) : Map.of();
	}

	Map<String, String> headers(String json) {
		return this.json.readValue(json, HEADERS);
	}

	static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	// Plain SQL may have written null; such a task is as old as can be.
	static Instant required(ResultSet row, String column) throws SQLException {
		return required(row, row.findColumn(column));
	}

	static Instant required(ResultSet row, int column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : Instant.EPOCH;
	}

}
