package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.queue.TaskTracker.Arrival;
import io.ikigai.platform.queue.TaskTracker.Tracked;
import io.ikigai.platform.queue.WorkerDeaths;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ends the claims of dead workers on tracked tasks.
 */
final class TrackedDeaths {

	private static final String DIED = """
			deaths = deaths + 1,
			error = format('The worker died or let its lease end %s times while it had this task', deaths + 1),
			failed_at = CASE WHEN deaths + 1 >= ? THEN statement_timestamp() END,
			claimed_by = CASE WHEN deaths + 1 >= ? THEN claimed_by END,
			claimed_at = CASE WHEN deaths + 1 >= ? THEN claimed_at END,
			scheduled_for = {due}, claim_token = NULL, lease_expires_at = NULL
			""".replace("{due}", TaskLimits.dueAfter("(deaths + 1)", "scheduled_for"));

	private final JdbcTemplate jdbc;

	private final Schema schema;

	private final TaskKeys keys;

	private final int maxDeaths;

	TrackedDeaths(JdbcTemplate jdbc, Schema schema, TaskKeys keys, int maxDeaths) {
		this.jdbc = jdbc;
		this.schema = schema;
		this.keys = keys;
		this.maxDeaths = maxDeaths;
	}

	private String update(String rest) {
		return this.schema.sql("UPDATE {schema}.ikigai_tracked_task SET " + rest);
	}

	/**
	 * Ends the claims of dead workers.
	 * @return the tasks that have to wait for their next worker
	 */
	Map<UUID, Tracked> died(List<Arrival> again) {
		List<UUID> failed = new ArrayList<>();
		Map<UUID, Tracked> resting = new HashMap<>();
		this.jdbc.query(
				update(DIED
						+ """
								FROM unnest(?, ?) AS a(id, of)
								WHERE ikigai_tracked_task.id = a.id AND ticket = a.of AND claimed_by IS NOT NULL AND completed_at IS NULL
									AND failed_at IS NULL
								RETURNING ikigai_tracked_task.id, failed_at IS NOT NULL AS failed, a.of, attempt, deaths,
									created_at, scheduled_for"""),
				(PreparedStatement statement) -> {
					statement.setInt(1, this.maxDeaths);
					statement.setInt(2, this.maxDeaths);
					statement.setInt(3, this.maxDeaths);
					statement.setArray(4,
							PostgresTaskTracker.uuids(statement, again.stream().map(Arrival::id).toList()));
					statement.setArray(5,
							PostgresTaskTracker.uuids(statement, again.stream().map(Arrival::ticket).toList()));
				}, (row) -> {
					if (row.getBoolean("failed")) {
						failed.add(row.getObject("id", UUID.class));
						return;
					}
					Duration pause = WorkerDeaths.pauseAfter(row.getInt("deaths"));
					if (!pause.isZero()) {
						UUID ticket = row.getObject("of", UUID.class);
						resting.put(ticket,
								new Tracked(ticket, row.getInt("attempt"), row.getInt("deaths"),
										TaskRow.required(row, "created_at"), TaskRow.required(row, "scheduled_for"),
										Instant.EPOCH, pause));
					}
				});
		if (!failed.isEmpty()) {
			this.keys.free(failed);
		}
		return resting;
	}

	/**
	 * Ends a claim whose lease has ended.
	 * @return after which pause the task is to be claimed again, or {@code null} if it is
	 * not to be
	 */
	@Nullable Duration lost(UUID id, UUID token) {
		List<@Nullable Integer> deaths = new ArrayList<>();
		this.jdbc.query(update(
				DIED + " WHERE id = ? AND claim_token = ?" + " RETURNING CASE WHEN failed_at IS NULL THEN deaths END"),
				(row) -> {
					deaths.add((Integer) row.getObject(1));
				}, this.maxDeaths, this.maxDeaths, this.maxDeaths, id, token);
		if (deaths.isEmpty()) {
			return null;
		}
		Integer died = deaths.get(0);
		if (died == null) {
			this.keys.free(List.of(id));
			return null;
		}
		return WorkerDeaths.pauseAfter(died);
	}

}
