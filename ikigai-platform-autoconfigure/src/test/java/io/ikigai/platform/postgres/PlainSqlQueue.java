package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A worker without the platform, by the contract's own statements.
 *
 * @param connection its connection
 * @param queue its queue
 */
record PlainSqlQueue(Connection connection, String queue) {

	static final String CLAIM = """
			UPDATE task_queue SET claimed_by = 'monitoring-agent', claimed_at = now()
			WHERE id = (SELECT id FROM task_queue WHERE queue_name = ? AND claimed_by IS NULL AND scheduled_for <= now()
			            ORDER BY priority DESC, created_at FOR UPDATE SKIP LOCKED LIMIT 1)
			RETURNING *""";

	UUID insert(String payload) throws SQLException {
		return insert("INSERT INTO task_queue (queue_name, payload) VALUES (?, ?::jsonb) RETURNING id", payload).get(0);
	}

	List<UUID> insertMany(int count) throws SQLException {
		return insert("""
				INSERT INTO task_queue (queue_name, payload)
				SELECT ?, to_jsonb(n) FROM generate_series(1, ?::int) n RETURNING id""", Integer.toString(count));
	}

	private List<UUID> insert(String sql, String value) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setString(1, this.queue);
			statement.setString(2, value);
			return ids(statement);
		}
	}

	@Nullable UUID claim() throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(CLAIM)) {
			statement.setString(1, this.queue);
			List<UUID> claimed = ids(statement);
			return claimed.isEmpty() ? null : claimed.get(0);
		}
	}

	void complete(UUID id) throws SQLException {
		try (PreparedStatement statement = this.connection
			.prepareStatement("UPDATE task_queue SET completed_at = now() WHERE id = ?")) {
			statement.setObject(1, id);
			statement.executeUpdate();
		}
	}

	private static List<UUID> ids(PreparedStatement statement) throws SQLException {
		List<UUID> ids = new ArrayList<>();
		try (ResultSet rows = statement.executeQuery()) {
			while (rows.next()) {
				ids.add(rows.getObject("id", UUID.class));
			}
		}
		return ids;
	}

}
