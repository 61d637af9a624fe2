package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/**
 * Takes back the tasks of workers that died or let their lease end: to the queue, or
 * given up when they have killed too many workers. Forgets claims whose tasks are all
 * settled. Any number of processes may do it at the same time; they share the work.
 */
final class LostClaims {

	private static final int CLAIMS_PER_STATEMENT = 2000;

	// Claims whose tasks are locked stay due; the rest waits for the next look.
	private static final int MOST_STATEMENTS = 10;

	private final QueueAnnouncer announcer;

	private final String takeBack;

	private final int maxWorkerDeaths;

	LostClaims(Schema schema, int maxWorkerDeaths, QueueAnnouncer announcer) {
		this.announcer = announcer;
		this.maxWorkerDeaths = maxWorkerDeaths;
		// OFFSET 0 and the arrays keep the planner from joining all of task_queue by
		// hash:
		// each claim names its tasks, and they are found by their key. A task that a
		// transaction has locked is passed over: either it is being settled in time, or
		// the
		// server is about to find its worker's connection dead.
		this.takeBack = schema.sql("""
				WITH due AS MATERIALIZED (
					SELECT c.token, c.task_ids, i.died_at IS NOT NULL AS died FROM {schema}.ikigai_task_claim c
					LEFT JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
					WHERE c.expires_at <= statement_timestamp()
					ORDER BY c.expires_at LIMIT ? FOR UPDATE OF c SKIP LOCKED
				), held AS MATERIALIZED (
					SELECT d.token, d.died, h.id, h.lease_expires_at FROM due d LEFT JOIN LATERAL (
						SELECT t.id, t.lease_expires_at FROM {schema}.task_queue t
						WHERE t.id = ANY (d.task_ids) AND t.claim_token = d.token OFFSET 0) h ON true
				), lost AS MATERIALIZED (
					SELECT t.id FROM {schema}.task_queue t
					WHERE t.id = ANY (ARRAY(SELECT id FROM held
							WHERE id IS NOT NULL AND (died OR lease_expires_at <= statement_timestamp())))
						AND t.claim_token = ANY (ARRAY(SELECT token FROM held))
						AND (t.lease_expires_at <= statement_timestamp()
							OR t.claim_token = ANY (ARRAY(SELECT token FROM held WHERE died)))
					FOR UPDATE SKIP LOCKED
				), settled AS (
					DELETE FROM {schema}.ikigai_task_claim WHERE token = ANY (ARRAY(
						SELECT token FROM held GROUP BY token HAVING count(id) = 0))
				), running AS (
					UPDATE {schema}.ikigai_task_claim c SET expires_at = r.until
					FROM (SELECT token, min(lease_expires_at) AS until FROM held GROUP BY token
						HAVING min(lease_expires_at) > statement_timestamp() AND NOT bool_or(died)) r
					WHERE c.token = r.token
				), returned AS (
					UPDATE {schema}.task_queue t SET deaths = t.deaths + 1, claim_token = NULL, lease_expires_at = NULL,
						claimed_by = CASE WHEN t.deaths + 1 >= ? THEN t.claimed_by END,
						claimed_at = CASE WHEN t.deaths + 1 >= ? THEN t.claimed_at END,
						failed_at = CASE WHEN t.deaths + 1 >= ? THEN statement_timestamp() END,
						error = format('The worker died or let its lease end %s times while it had this task',
							t.deaths + 1)
					FROM lost WHERE t.id = lost.id
					RETURNING t.id, t.queue_name, coalesce(t.priority, 0) AS priority, t.failed_at IS NULL AS ready
				)
				SELECT (SELECT count(*) FROM due) AS due, r.* FROM (SELECT) AS once LEFT JOIN returned r ON true""");
	}

	/**
	 * Takes back what is lost now.
	 * @return how many tasks
	 */
	int takeBack(Connection connection) throws SQLException {
		int lost = 0;
		int due = CLAIMS_PER_STATEMENT;
		for (int i = 0; i < MOST_STATEMENTS && due == CLAIMS_PER_STATEMENT; i++) {
			try (PreparedStatement statement = connection.prepareStatement(this.takeBack)) {
				statement.setInt(1, CLAIMS_PER_STATEMENT);
				for (int parameter = 2; parameter <= 4; parameter++) {
					statement.setInt(parameter, this.maxWorkerDeaths);
				}
				try (ResultSet row = statement.executeQuery()) {
					while (row.next()) {
						due = row.getInt("due");
						UUID id = row.getObject("id", UUID.class);
						if (id != null) {
							lost++;
							if (row.getBoolean("ready")) {
								this.announcer.announce(row.getString("queue_name"), id, row.getInt("priority"),
										Duration.ZERO);
							}
						}
					}
				}
			}
		}
		return lost;
	}

}
