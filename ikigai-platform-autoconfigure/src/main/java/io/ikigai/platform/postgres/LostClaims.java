package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.queue.WorkerDeaths;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Takes back the tasks of workers that died or let their lease end: to the queue, or
 * given up when they have killed too many workers. Forgets claims whose tasks are all
 * settled. Any number of processes may do it at the same time; they share the work.
 * <p>
 * When the statement for many claims fails, claims are taken back one by one, and the
 * tasks of one that fails too; a task that cannot be taken back is left for half a minute
 * and holds up no other.
 */
final class LostClaims {

	private static final Log logger = LogFactory.getLog(LostClaims.class);

	private static final int CLAIMS_PER_STATEMENT = 2000;

	// Claims whose tasks are locked stay due; the rest waits for the next look.
	private static final int MOST_STATEMENTS = 10;

	/** How many claims are taken back one by one at a look. */
	private static final int MOST_SINGLE = 200;

	private static final int MOST_TOLD = 1000;

	private static final Duration STUCK_PAUSE = Duration.ofSeconds(30);

	private static final String GIVE_BACK = """
			UPDATE {schema}.task_queue t SET deaths = {deaths}, claim_token = NULL, lease_expires_at = NULL,
				claimed_by = CASE WHEN {deaths} >= ? THEN t.claimed_by END,
				claimed_at = CASE WHEN {deaths} >= ? THEN t.claimed_at END,
				failed_at = CASE WHEN {deaths} >= ? THEN statement_timestamp() END,
				scheduled_for = {due},
				error = format('The worker died or let its lease end %s times while it had this task', {deaths})
			""".replace("{due}", TaskLimits.dueAfter("{deaths}", "t.scheduled_for"))
		.replace("{deaths}", "(" + TaskLimits.oneMore("t.deaths") + ")");

	private static final String GIVEN_BACK = """
			RETURNING t.id, t.queue_name, coalesce(t.priority, 0) AS priority, t.failed_at IS NULL AS ready""";

	// OFFSET 0 and the arrays keep the planner from joining all of task_queue by hash:
	// each claim names its tasks, and they are found by their key. A task that a
	// transaction has locked is passed over: either it is being settled in time, or the
	// server is about to find its worker's connection dead.
	private static final String TAKE_BACK = """
			WITH due AS MATERIALIZED (
				SELECT c.token, c.task_ids, i.died_at IS NOT NULL AS died FROM {schema}.ikigai_task_claim c
				LEFT JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
				WHERE c.expires_at <= statement_timestamp(){token}
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
				""" + GIVE_BACK + """
			FROM lost WHERE t.id = lost.id
			""" + GIVEN_BACK + """

			)
			SELECT (SELECT count(*) FROM due) AS due, r.* FROM (SELECT) AS once LEFT JOIN returned r ON true""";

	private final QueueAnnouncer announcer;

	private final String takeBack;

	private final String takeBackClaim;

	private final String takeBackTask;

	private final String due;

	private final String tasks;

	private final String later;

	private final int maxWorkerDeaths;

	/** Tasks that cannot be taken back, as far as that was logged. */
	private final Set<UUID> stuck = new HashSet<>();

	private volatile @Nullable Problem problem;

	LostClaims(Schema schema, int maxWorkerDeaths, QueueAnnouncer announcer) {
		this.announcer = announcer;
		this.maxWorkerDeaths = maxWorkerDeaths;
		this.takeBack = schema.sql(TAKE_BACK.replace("{token}", ""));
		this.takeBackClaim = schema.sql(TAKE_BACK.replace("{token}", " AND c.token = ?"));
		this.takeBackTask = schema.sql(GIVE_BACK + """
				WHERE t.id = ? AND t.claim_token = ? AND (t.lease_expires_at <= statement_timestamp()
					OR EXISTS (SELECT FROM {schema}.ikigai_task_claim c
						JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
						WHERE c.token = t.claim_token AND i.died_at IS NOT NULL))
				""" + GIVEN_BACK + ", 0 AS due");
		this.due = schema.sql("""
				SELECT token FROM {schema}.ikigai_task_claim
				WHERE expires_at <= statement_timestamp() ORDER BY expires_at LIMIT ?""");
		this.tasks = schema.sql("""
				SELECT q.id FROM {schema}.ikigai_task_claim c
				JOIN {schema}.task_queue q ON q.id = ANY (c.task_ids) AND q.claim_token = c.token
				WHERE c.token = ?""");
		this.later = schema.sql("""
				UPDATE {schema}.ikigai_task_claim SET expires_at = statement_timestamp() + make_interval(secs => ?)
				WHERE token = ?""");
	}

	/**
	 * Takes back what is lost now.
	 * @return how many tasks
	 * @throws SQLException if the connection is lost, or if no task can be taken back
	 */
	int takeBack(Connection connection) throws SQLException {
		int lost = 0;
		int due = CLAIMS_PER_STATEMENT;
		for (int i = 0; i < MOST_STATEMENTS && due == CLAIMS_PER_STATEMENT; i++) {
			try (PreparedStatement statement = connection.prepareStatement(this.takeBack)) {
				statement.setInt(1, CLAIMS_PER_STATEMENT);
				setMaxDeaths(statement, 2);
				Returned returned = returned(statement);
				due = returned.due;
				lost += returned.lost;
			}
			catch (SQLException ex) {
				SupervisedLook.throwIfLost(connection, ex);
				return lost + takeBackSingly(connection, ex);
			}
		}
		return lost;
	}

	private int takeBackSingly(Connection connection, SQLException cause) throws SQLException {
		logger.debug("Could not take back lost claims together; taking them back one by one", cause);
		int lost = 0;
		int failed = 0;
		SQLException last = cause;
		for (UUID token : uuids(connection, this.due, MOST_SINGLE)) {
			try (PreparedStatement statement = connection.prepareStatement(this.takeBackClaim)) {
				statement.setObject(1, token);
				statement.setInt(2, 1);
				setMaxDeaths(statement, 3);
				lost += returned(statement).lost;
			}
			catch (SQLException ex) {
				SupervisedLook.throwIfLost(connection, ex);
				last = ex;
				failed++;
				lost += takeBackTasks(connection, token);
			}
		}
		if (failed > 0 && lost == 0) {
			// Perhaps not one of them is at fault, but all the table
			throw last;
		}
		return lost;
	}

	private int takeBackTasks(Connection connection, UUID token) throws SQLException {
		int lost = 0;
		for (UUID task : uuids(connection, this.tasks, token)) {
			try (PreparedStatement statement = connection.prepareStatement(this.takeBackTask)) {
				setMaxDeaths(statement, 1);
				statement.setObject(4, task);
				statement.setObject(5, token);
				lost += returned(statement).lost;
				this.stuck.remove(task);
			}
			catch (SQLException ex) {
				SupervisedLook.throwIfLost(connection, ex);
				stuck(task, ex);
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(this.later)) {
			statement.setDouble(1, STUCK_PAUSE.toSeconds());
			statement.setObject(2, token);
			statement.executeUpdate();
		}
		return lost;
	}

	private void stuck(UUID task, SQLException error) {
		String told = "Task " + task + ", whose worker died or let its lease end, cannot be taken back: "
				+ error.getMessage();
		this.problem = new Problem(told, System.nanoTime() + STUCK_PAUSE.plusSeconds(10).toNanos());
		if (this.stuck.size() < MOST_TOLD && this.stuck.add(task)) {
			logger
				.warn(told + ". It is tried again every " + STUCK_PAUSE.toSeconds() + " s; other tasks are taken back");
		}
	}

	/**
	 * Returns why a task cannot be taken back, if there is one. May be called by any
	 * thread.
	 */
	@Nullable String problem() {
		Problem last = this.problem;
		return (last != null && last.until - System.nanoTime() > 0) ? last.text : null;
	}

	private void setMaxDeaths(PreparedStatement statement, int from) throws SQLException {
		for (int parameter = from; parameter < from + 3; parameter++) {
			statement.setInt(parameter, this.maxWorkerDeaths);
		}
	}

	private static List<UUID> uuids(Connection connection, String sql, Object argument) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setObject(1, argument);
			try (ResultSet row = statement.executeQuery()) {
				List<UUID> found = new ArrayList<>();
				while (row.next()) {
					found.add(row.getObject(1, UUID.class));
				}
				return found;
			}
		}
	}

	private Returned returned(PreparedStatement statement) throws SQLException {
		int due = 0;
		int lost = 0;
		try (ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				due = row.getInt("due");
				UUID id = row.getObject("id", UUID.class);
				if (id != null) {
					lost++;
					if (row.getBoolean("ready")) {
						this.announcer.announce(row.getString("queue_name"), id, row.getInt("priority"), Duration.ZERO);
					}
				}
			}
		}
		return new Returned(due, lost);
	}

	/**
	 * What one statement did.
	 *
	 * @param due how many claims it looked at
	 * @param lost how many tasks it took back
	 */
	private record Returned(int due, int lost) {
	}

	/**
	 * Why a task cannot be taken back.
	 *
	 * @param text the reason
	 * @param until when to forget it, unless it happens again
	 */
	private record Problem(String text, long until) {
	}

}
