package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.postgres.CrowdedQueues.Place;
import io.ikigai.platform.queue.TaskClaim;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * Claims tasks.
 */
final class TaskClaims {

	private static final Log logger = LogFactory.getLog(TaskClaims.class);

	/** How many tasks are claimed where the texts of more took too long. */
	private static final int FEW = 100;

	private static final Comparator<TaskClaim> QUEUE_ORDER = Comparator.comparingInt(TaskClaim::priority)
		.reversed()
		.thenComparing(TaskClaim::createdAt)
		.thenComparing(TaskClaim::id);

	// The pick is materialized: under a nested loop a LIMIT inside a subquery would be
	// evaluated again and again, and claim more than asked for. It names the places of
	// the rows, which it has locked: whatever the planner believes of the table's size,
	// no join reads all of it.
	private static final String CLAIM = """
			WITH picked AS MATERIALIZED (
				SELECT id, place FROM ({line}) AS line
				WHERE NOT EXISTS (SELECT FROM {schema}.ikigai_queue WHERE name = ? AND paused_at IS NOT NULL){settings}
				LIMIT {max}
			), recorded AS (
				INSERT INTO {schema}.ikigai_task_claim (token, instance_id, task_ids, expires_at)
				SELECT ?, ?, array_agg(id), statement_timestamp() + make_interval(secs => ?) FROM picked
				HAVING count(*) > 0
			)
			UPDATE {schema}.task_queue t SET claimed_by = ?, claimed_at = statement_timestamp(), claim_token = ?,
				lease_expires_at = statement_timestamp() + make_interval(secs => ?), attempt = {attempt}
			FROM picked p WHERE t.ctid = p.place
			RETURNING t.id, t.ctid, t.claimed_at, {text:t.payload by t.enqueued_by}, coalesce(t.priority, 0), t.attempt, t.deaths,
				t.max_attempts, {text:t.headers by t.enqueued_by}, t.created_at, t.scheduled_for, t.unique_key"""
		.replace("{attempt}", TaskLimits.oneMore("t.attempt"));

	// The limit is no parameter: a generic plan takes an unknown one for a tenth of the
	// backlog, and sorts that.
	private static final String LINE = """
			SELECT id, ctid AS place FROM {schema}.task_queue
			WHERE queue_name = ? AND claimed_by IS NULL AND scheduled_for <= statement_timestamp(){where}
			ORDER BY priority DESC, created_at LIMIT {max} FOR UPDATE SKIP LOCKED""";

	private static final String SCHEDULED_LINE = """
			SELECT id, ctid AS place FROM {schema}.task_queue
			WHERE queue_name = ? AND claimed_by IS NULL AND scheduled_for > statement_timestamp()
			ORDER BY scheduled_for, created_at LIMIT {max} FOR UPDATE SKIP LOCKED""";

	// One after the other: each part is read only if those before it gave too few.
	private static final String LINE_FROM_PLACE = """
			SELECT id, place FROM (%s) AS above UNION ALL
			SELECT id, place FROM (%s) AS next UNION ALL
			SELECT id, place FROM (%s) AS below""".formatted(LINE.replace("{where}", " AND priority > ?"),
			LINE.replace("{where}", " AND priority = ? AND created_at >= ?"),
			LINE.replace("{where}", " AND priority < ?"));

	// A process that freezes inside the transaction would hold its rows for ever.
	private static final String TRANSACTIONAL = " AND (SELECT set_config('idle_in_transaction_session_timeout', ?, true)"
			+ " || set_config('client_connection_check_interval', '500', true)) IS NOT NULL";

	private final JdbcTemplate jdbc;

	private final Schema schema;

	private final String claim;

	private final TaskRow rows;

	private final String agent;

	private final UUID instance;

	private final CrowdedQueues crowded;

	private final ClaimedTexts texts;

	TaskClaims(JdbcTemplate jdbc, Schema schema, TaskRow rows, String agent, UUID instance, CrowdedQueues crowded,
			Consumer<TaskClaim> released) {
		this.jdbc = jdbc;
		this.schema = schema;
		this.claim = schema.sql(CLAIM, "{most}");
		this.texts = new ClaimedTexts(jdbc, schema, rows, released);
		this.rows = rows;
		this.agent = agent;
		this.instance = instance;
		this.crowded = crowded;
	}

	/**
	 * Claims tasks.
	 * @param queue the queue
	 * @param max how many at most
	 * @param lease how long the claims last
	 * @param transactional whether they belong to the running transaction
	 * @return the claims in the order of the queue
	 */
	List<TaskClaim> claim(String queue, int max, Duration lease, boolean transactional) {
		Claiming claiming = new Claiming(queue, max, lease, transactional);
		Place place = this.crowded.place(queue);
		if (place != null) {
			List<TaskClaim> claims = claim(claiming, place);
			if (!claims.isEmpty()) {
				this.crowded.claimedFrom(queue, place, claims, claims.size() == max);
				return claims;
			}
		}
		long began = System.nanoTime();
		List<TaskClaim> claims = claim(claiming, null);
		this.crowded.claimedFromAll(queue, claims, Duration.ofNanos(System.nanoTime() - began));
		return claims;
	}

	/**
	 * Claims tasks whose time has not come.
	 * @param queue the queue
	 * @param max how many at most
	 * @param lease how long the claims last
	 * @return the claims in the order of the queue
	 */
	List<TaskClaim> claimScheduled(String queue, int max, Duration lease) {
		return claim(new Claiming(queue, max, lease, false), SCHEDULED_LINE, List.of(queue));
	}

	private List<TaskClaim> claim(Claiming claiming, @Nullable Place place) {
		if (place == null) {
			return claim(claiming, LINE.replace("{where}", ""), List.of(claiming.queue));
		}
		return claim(claiming, LINE_FROM_PLACE, List.of(claiming.queue, place.priority(), claiming.queue,
				place.priority(), TaskRow.from(place.createdAt()), claiming.queue, place.priority()));
	}

	private List<TaskClaim> claim(Claiming claiming, String line, List<Object> ofLine) {
		try {
			return claim(claiming, line, ofLine, this.texts.each(claiming.max));
		}
		catch (DataAccessException ex) {
			if (claiming.transactional || !PostgresErrors.isTooMuch(ex)) {
				throw ex;
			}
			// Some of what is to be claimed cannot be read in time: claims first, and
			// reads then
			logger.debug("Tasks of queue '" + claiming.queue + "' are too large to be read together", ex);
			Claiming fewer = new Claiming(claiming.queue, Math.min(claiming.max, FEW), claiming.lease, false);
			return claim(fewer, line, ofLine, 0);
		}
	}

	private List<TaskClaim> claim(Claiming claiming, String line, List<Object> ofLine, int most) {
		UUID token = UUID.randomUUID();
		double seconds = PostgresTaskStore.seconds(claiming.lease);
		String sql = this.claim.replace("{line}", line)
			.replace("{settings}", claiming.transactional ? TRANSACTIONAL : "")
			.replace("{most}", Integer.toString(most))
			.replace("{max}", Integer.toString(claiming.max));
		List<Object> arguments = new ArrayList<>(ofLine);
		arguments.add(claiming.queue);
		if (claiming.transactional) {
			arguments.add(Long.toString(claiming.lease.toMillis()));
		}
		arguments.addAll(List.of(token, this.instance, seconds, this.agent, token, seconds));
		Set<UUID> large = new HashSet<>();
		List<TaskClaim> claims = this.jdbc.query(this.schema.sql(sql),
				(ResultSetExtractor<List<TaskClaim>>) (row) -> read(row, claiming, token, large), arguments.toArray());
		if (claims == null) {
			return List.of();
		}
		return large.isEmpty() ? claims : this.texts.complete(claims, large);
	}

	private List<TaskClaim> read(ResultSet row, Claiming claiming, UUID token, Set<UUID> large) throws SQLException {
		List<TaskClaim> claims = new ArrayList<>();
		Instant claimedAt = null;
		while (row.next()) {
			if (claimedAt == null) {
				// The same for all: the statement's time
				claimedAt = TaskRow.required(row, 3);
			}
			UUID id = row.getObject(1, UUID.class);
			String headersText = row.getString(9);
			StoredHeaders headers = this.rows.headers(headersText);
			String payload = row.getString(4);
			if (LargeRows.isTooLarge(payload) || LargeRows.isTooLarge(headersText)) {
				large.add(id);
			}
			claims.add(new TaskClaim(id, token, claiming.queue, TaskRow.shown(payload), row.getInt(5), row.getInt(6),
					row.getInt(7), (Integer) row.getObject(8), row.getString(12), headers.headers(),
					TaskRow.required(row, 10), TaskRow.required(row, 11), claimedAt, this.agent, claiming.lease,
					claiming.transactional, row.getString(2), TaskRow.flaw(payload, headers)));
		}
		claims.sort(QUEUE_ORDER);
		return claims;
	}

	/**
	 * What is to be claimed.
	 *
	 * @param queue the queue
	 * @param max how many at most
	 * @param lease how long the claims last
	 * @param transactional whether they belong to the running transaction
	 */
	private record Claiming(String queue, int max, Duration lease, boolean transactional) {
	}

}
