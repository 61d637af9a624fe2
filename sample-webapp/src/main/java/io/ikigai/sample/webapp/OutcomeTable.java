package io.ikigai.sample.webapp;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table in which the monitoring agent keeps its outcomes. The agent creates it, and
 * may not have run yet.
 */
@Repository
class OutcomeTable {

	private final JdbcClient jdbc;

	private boolean present;

	OutcomeTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	Map<UUID, ConsoleState.Outcome> of(List<UUID> taskIds) {
		Map<UUID, ConsoleState.Outcome> outcomes = new HashMap<>();
		if (isPresent()) {
			this.jdbc.sql("""
					SELECT task_id, state, reason, status, millis, certificate_expiry
					FROM site_check WHERE task_id = ANY (:ids)""")
				.param("ids", taskIds.toArray(UUID[]::new))
				.query((row) -> {
					outcomes.put(row.getObject("task_id", UUID.class), outcome(row));
				});
		}
		return outcomes;
	}

	private boolean isPresent() {
		if (!this.present) {
			this.present = this.jdbc.sql("SELECT to_regclass('site_check') IS NOT NULL").query(Boolean.class).single();
		}
		return this.present;
	}

	private static ConsoleState.Outcome outcome(ResultSet row) throws SQLException {
		return new ConsoleState.Outcome(row.getString("state"), row.getString("reason"),
				row.getObject("status", Integer.class), row.getLong("millis"),
				instant(row.getObject("certificate_expiry", OffsetDateTime.class)));
	}

	private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
		return (time != null) ? time.toInstant() : null;
	}

}
