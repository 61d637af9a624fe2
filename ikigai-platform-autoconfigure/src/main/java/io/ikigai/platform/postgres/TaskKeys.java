package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.queue.TaskTracker;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Unique keys of tasks that are on a broker, and the names of its queues.
 */
final class TaskKeys {

	private final JdbcTemplate jdbc;

	private final String reserve;

	private final String sent;

	private final String free;

	private final String remember;

	private final String remembered;

	private final String paused;

	TaskKeys(JdbcTemplate jdbc, Schema schema) {
		this.jdbc = jdbc;
		this.reserve = schema
			.sql("""
					INSERT INTO {schema}.ikigai_task_key AS present (queue_name, unique_key, id) VALUES (?, ?, ?)
					ON CONFLICT (queue_name, unique_key) DO UPDATE SET
						id = CASE WHEN present.sent OR present.reserved_at > statement_timestamp() - interval '1 minute'
							THEN present.id ELSE excluded.id END,
						reserved_at = CASE WHEN present.sent OR present.reserved_at > statement_timestamp() - interval '1 minute'
							THEN present.reserved_at ELSE excluded.reserved_at END
					RETURNING id, sent""");
		this.sent = schema.sql("UPDATE {schema}.ikigai_task_key SET sent = true WHERE id = ?");
		this.free = schema.sql("DELETE FROM {schema}.ikigai_task_key WHERE id = ANY (?)");
		this.remember = schema.sql("INSERT INTO {schema}.ikigai_queue (name) VALUES (?) ON CONFLICT (name) DO NOTHING");
		this.remembered = schema.sql("SELECT name FROM {schema}.ikigai_queue ORDER BY name");
		this.paused = schema.sql("SELECT name FROM {schema}.ikigai_queue WHERE paused_at IS NOT NULL");
	}

	TaskTracker.KeyHolder reserve(String queue, String key, UUID id) {
		return Objects.requireNonNull(this.jdbc.queryForObject(this.reserve,
				(row, number) -> new TaskTracker.KeyHolder(row.getObject("id", UUID.class), row.getBoolean("sent")),
				queue, key, id));
	}

	void sent(UUID id) {
		this.jdbc.update(this.sent, id);
	}

	void free(Collection<UUID> ids) {
		this.jdbc.update(this.free, (PreparedStatement statement) -> statement.setArray(1,
				statement.getConnection().createArrayOf("uuid", ids.toArray())));
	}

	void remember(String queue) {
		this.jdbc.update(this.remember, queue);
	}

	List<String> remembered() {
		return this.jdbc.queryForList(this.remembered, String.class);
	}

	Set<String> paused() {
		return new HashSet<>(this.jdbc.queryForList(this.paused, String.class));
	}

}
