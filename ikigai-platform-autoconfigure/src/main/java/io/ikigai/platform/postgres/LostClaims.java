package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/**
 * Takes back the tasks of workers that died or let their lease end: to the queue, or
 * given up when they have killed too many workers. Any number of processes may do it at
 * the same time.
 */
final class LostClaims {

	private final QueueAnnouncer announcer;

	private final String takeBack;

	private final String tidy;

	private final int maxWorkerDeaths;

	LostClaims(Schema schema, int maxWorkerDeaths, QueueAnnouncer announcer) {
		this.announcer = announcer;
		this.maxWorkerDeaths = maxWorkerDeaths;
		// A task that a transaction has locked is passed over: either it is being settled
		// in time, or its worker's connection is about to be found dead by the server.
		this.takeBack = schema.sql("""
				WITH lost AS MATERIALIZED (
					SELECT t.id FROM {schema}.ikigai_task_claim c
					JOIN {schema}.task_queue t ON t.id = ANY (c.task_ids) AND t.claim_token = c.token
					LEFT JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
					WHERE c.expires_at <= statement_timestamp()
						AND (t.lease_expires_at <= statement_timestamp() OR i.died_at IS NOT NULL)
					FOR UPDATE OF t SKIP LOCKED
				)
				UPDATE {schema}.task_queue t SET deaths = t.deaths + 1, claim_token = NULL, lease_expires_at = NULL,
					claimed_by = CASE WHEN t.deaths + 1 >= ? THEN t.claimed_by END,
					claimed_at = CASE WHEN t.deaths + 1 >= ? THEN t.claimed_at END,
					failed_at = CASE WHEN t.deaths + 1 >= ? THEN statement_timestamp() END,
					error = format('The worker died or let its lease end %s times while it had this task', t.deaths + 1)
				FROM lost WHERE t.id = lost.id
				RETURNING t.id, t.queue_name, t.priority, t.failed_at IS NULL AS returned""");
		this.tidy = schema.sql("""
				WITH held AS MATERIALIZED (
					SELECT c.token, min(t.lease_expires_at) AS until, bool_or(i.died_at IS NOT NULL) AS died
					FROM {schema}.ikigai_task_claim c
					LEFT JOIN {schema}.task_queue t ON t.id = ANY (c.task_ids) AND t.claim_token = c.token
					LEFT JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
					WHERE c.expires_at <= statement_timestamp() GROUP BY c.token
				), settled AS (
					DELETE FROM {schema}.ikigai_task_claim c USING held h WHERE c.token = h.token AND h.until IS NULL
				)
				UPDATE {schema}.ikigai_task_claim c SET expires_at = h.until FROM held h
				WHERE c.token = h.token AND h.until > statement_timestamp() AND NOT h.died""");
	}

	/**
	 * Takes back what is lost now.
	 * @return how many tasks
	 */
	int takeBack(Connection connection) throws SQLException {
		int lost = 0;
		try (PreparedStatement statement = connection.prepareStatement(this.takeBack)) {
			for (int i = 1; i <= 3; i++) {
				statement.setInt(i, this.maxWorkerDeaths);
			}
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					lost++;
					if (row.getBoolean("returned")) {
						this.announcer.announce(row.getString("queue_name"), row.getObject("id", UUID.class),
								row.getInt("priority"), Duration.ZERO);
					}
				}
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(this.tidy)) {
			statement.executeUpdate();
		}
		return lost;
	}

}
