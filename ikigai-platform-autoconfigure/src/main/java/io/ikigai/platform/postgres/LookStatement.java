package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The statement of each second, made of the {@link LookPart parts} that are asked for.
 * Confined to one thread.
 */
final class LookStatement {

	/**
	 * For how long locks say nothing after this process reconnected or the server began.
	 */
	static final Duration GRACE = Duration.ofSeconds(10);

	private static final String HEARTBEAT = """
			due AS MATERIALIZED (
				SELECT id FROM {schema}.ikigai_agent_instance
				WHERE id = ? AND ? AND (last_heartbeat < statement_timestamp() - make_interval(secs => ?)
					OR status <> 'running' OR lock_key IS DISTINCT FROM ? OR died_at IS NOT NULL)
				FOR UPDATE SKIP LOCKED
			), alive AS (
				UPDATE {schema}.ikigai_agent_instance i
				SET last_heartbeat = statement_timestamp(), status = 'running', lock_key = ?, died_at = NULL
				FROM due WHERE i.id = due.id RETURNING i.agent_name
			), entry AS MATERIALIZED (
				SELECT r.name FROM {schema}.agent_registry r WHERE r.name IN (SELECT agent_name FROM alive)
				FOR UPDATE SKIP LOCKED
			), registry AS (
				UPDATE {schema}.agent_registry r SET last_heartbeat = statement_timestamp(), status = 'running'
				FROM entry WHERE r.name = entry.name
			), """;

	private static final String QUEUES = """
			SELECT found.*, w.queue_name, w.due_in FROM found LEFT JOIN LATERAL (
				SELECT q.queue_name, due.due_in FROM unnest(?) AS q(queue_name), LATERAL (
					(SELECT 0 AS due_in FROM {schema}.task_queue t
					WHERE t.queue_name = q.queue_name AND t.claimed_by IS NULL
						AND t.scheduled_for <= statement_timestamp()
					ORDER BY t.priority DESC, t.created_at LIMIT 1)
					UNION ALL
					(SELECT DISTINCT extract(epoch FROM t.scheduled_for - looked_at) FROM {schema}.task_queue t
					WHERE t.queue_name = q.queue_name AND t.claimed_by IS NULL AND t.scheduled_for > t.created_at
						AND t.scheduled_for > statement_timestamp()
						AND t.scheduled_for <= statement_timestamp() + interval '1.5 s'
					ORDER BY 1 LIMIT 20)) due
				WHERE NOT EXISTS (SELECT FROM {schema}.ikigai_queue p
					WHERE p.name = q.queue_name AND p.paused_at IS NOT NULL)
			) w ON true""";

	private static final String NO_QUEUES = "SELECT found.*, NULL::text AS queue_name, NULL::float8 AS due_in FROM found";

	/** What each part adds to the row that is found. */
	private static final Map<LookPart, String> COLUMNS = new EnumMap<>(Map.of(LookPart.CANARY,
			"CASE WHEN ? THEN pg_notify(?, '')::text END AS canary", LookPart.PEERS, """
					ARRAY(SELECT i.id || ' ' || i.last_heartbeat FROM {schema}.ikigai_agent_instance i
						WHERE i.status <> 'stopped' AND i.died_at IS NULL AND i.lock_key IS NOT NULL AND i.id <> ?
						AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
							AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
							AND l.classid::bigint = ((i.lock_key >> 32) & 4294967295)
							AND l.objid::bigint = (i.lock_key & 4294967295))) AS silent,
					EXISTS (SELECT FROM {schema}.ikigai_agent_instance i WHERE i.status = 'running' AND i.id <> ?
						AND i.last_heartbeat < statement_timestamp() - make_interval(secs => ?)) AS late""",
			LookPart.CLAIMS, """
					EXISTS (SELECT FROM {schema}.ikigai_task_claim
						WHERE expires_at <= statement_timestamp()) AS expired""", LookPart.STATISTICS,
			QueueStatistics.OUTGROWN + " AS outgrown", LookPart.MAILBOXES, """
					ARRAY(SELECT m.name FROM unnest(?) AS m(name)
						LEFT JOIN {schema}.ikigai_mailbox_consumer c ON c.mailbox_name = m.name
						LEFT JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
						CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM {schema}.mailbox b
							WHERE b.mailbox_name = m.name AND b.read_at IS NULL AND b.receipt IS NOT NULL) AS yes) held
						WHERE CASE WHEN held.yes AND (c.mailbox_name IS NULL
								OR c.lease_expires_at <= statement_timestamp() OR i.died_at IS NOT NULL
								OR i.status = 'stopped') THEN true
							WHEN held.yes AND c.instance_id <> ? THEN false
							ELSE coalesce((SELECT b.due_at IS NULL OR b.due_at <= statement_timestamp()
								FROM {schema}.mailbox b WHERE b.mailbox_name = m.name
								AND b.read_at IS NULL AND b.receipt IS NULL
								ORDER BY b.position LIMIT 1), false) END) AS mailboxes""", LookPart.TOPICS,
			TopicSql.LOOK + " AS topics"));

	private final Schema schema;

	private final ProcessIdentity self;

	private final Wakeups wakeups;

	private final String table;

	private final Duration heartbeat;

	private final Map<Set<LookPart>, String> statements = new HashMap<>();

	LookStatement(Schema schema, ProcessIdentity self, Wakeups wakeups, Duration heartbeat) {
		this.schema = schema;
		this.self = self;
		this.wakeups = wakeups;
		this.heartbeat = heartbeat;
		this.table = schema.sql("{schema}.task_queue");
	}

	private String sql(Set<LookPart> parts) {
		StringBuilder columns = new StringBuilder();
		for (LookPart part : LookPart.values()) {
			String column = COLUMNS.get(part);
			if (column != null && parts.contains(part)) {
				columns.append(",\n").append(column);
			}
		}
		return this.schema.sql("WITH " + (parts.contains(LookPart.HEARTBEAT) ? HEARTBEAT : "") + """
				found AS MATERIALIZED (
					SELECT statement_timestamp() AS looked_at,
						pg_postmaster_start_time() > statement_timestamp() - make_interval(secs => ?) AS just_started"""
				+ columns + "\n) " + (parts.contains(LookPart.QUEUES) ? QUEUES : NO_QUEUES));
	}

	/**
	 * Looks.
	 * @param connection the LISTEN connection
	 * @param parts what to look at
	 * @param state what this process knows of itself
	 * @return what was found; of parts that were not asked for, nothing
	 */
	Found run(Connection connection, Set<LookPart> parts, State state) throws SQLException {
		String sql = this.statements.computeIfAbsent(Set.copyOf(parts), this::sql);
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			bind(new Parameters(statement), parts, state);
			try (ResultSet row = statement.executeQuery()) {
				Found found = null;
				while (row.next()) {
					if (found == null) {
						found = found(row, parts);
					}
					String queue = row.getString("queue_name");
					if (queue != null) {
						found.due.add(new Due(queue, row.getDouble("due_in")));
					}
				}
				if (found == null) {
					throw new SQLException("The look returned no row");
				}
				return found;
			}
		}
	}

	private void bind(Parameters parameters, Set<LookPart> parts, State state) throws SQLException {
		Connection connection = parameters.statement.getConnection();
		if (parts.contains(LookPart.HEARTBEAT)) {
			Long lockKey = state.lockHeld ? this.self.lockKey() : null;
			parameters.set(this.self.instance());
			parameters.set(state.registered);
			parameters.set(PostgresTaskStore.seconds(this.heartbeat));
			parameters.setLong(lockKey);
			parameters.setLong(lockKey);
		}
		parameters.set(PostgresTaskStore.seconds(GRACE));
		if (parts.contains(LookPart.CANARY)) {
			parameters.set(state.canary);
			parameters.set(this.self.channel());
		}
		if (parts.contains(LookPart.PEERS)) {
			parameters.set(this.self.instance());
			parameters.set(this.self.instance());
			parameters.set(PostgresTaskStore.seconds(this.heartbeat.multipliedBy(3)));
		}
		if (parts.contains(LookPart.STATISTICS)) {
			parameters.set(this.table);
		}
		if (parts.contains(LookPart.MAILBOXES)) {
			parameters.set(connection.createArrayOf("text", this.wakeups.mailboxes().toArray()));
			parameters.set(this.self.instance());
		}
		if (parts.contains(LookPart.TOPICS)) {
			TopicPosition topics = state.topics;
			parameters.setText((topics != null) ? topics.snapshot() : null);
			parameters.setArray((topics != null) ? connection.createArrayOf("text", topics.topics().toArray()) : null);
		}
		if (parts.contains(LookPart.QUEUES)) {
			parameters.set(connection.createArrayOf("text", this.wakeups.queues().toArray()));
		}
	}

	private static Found found(ResultSet row, Set<LookPart> parts) throws SQLException {
		boolean peers = parts.contains(LookPart.PEERS);
		return new Found(row.getBoolean("just_started"), peers ? Set.copyOf(texts(row, "silent")) : Set.of(),
				peers && row.getBoolean("late"), parts.contains(LookPart.CLAIMS) && row.getBoolean("expired"),
				parts.contains(LookPart.STATISTICS) && row.getBoolean("outgrown"),
				parts.contains(LookPart.MAILBOXES) ? texts(row, "mailboxes") : List.of(),
				parts.contains(LookPart.TOPICS) ? row.getString("topics") : null, new ArrayList<>());
	}

	private static List<String> texts(ResultSet row, String column) throws SQLException {
		return Arrays.asList((String[]) row.getArray(column).getArray());
	}

	/**
	 * What this process knows of itself.
	 *
	 * @param registered whether its heartbeat is to be written
	 * @param lockHeld whether its lock is held and notifications arrive
	 * @param canary whether the canary is to be sent
	 * @param topics up to where topics were read, if they are
	 */
	record State(boolean registered, boolean lockHeld, boolean canary, @Nullable TopicPosition topics) {
	}

	/**
	 * A queue with a task that is ready or will be soon.
	 *
	 * @param queue the queue
	 * @param seconds in how many seconds
	 */
	record Due(String queue, double seconds) {
	}

	/**
	 * What one look found.
	 *
	 * @param justStarted whether the server has just started
	 * @param silent peers that do not hold their locks, with their last heartbeats
	 * @param late whether a peer's heartbeat has ended
	 * @param expired whether leases of claims may have ended
	 * @param outgrown whether the queue has outgrown its statistics
	 * @param mailboxes mailboxes to be received from
	 * @param topics what the look at the topics says, if there was one
	 * @param due queues to be claimed from
	 */
	record Found(boolean justStarted, Set<String> silent, boolean late, boolean expired, boolean outgrown,
			List<String> mailboxes, @Nullable String topics, List<Due> due) {
	}

	private static final class Parameters {

		private final PreparedStatement statement;

		private int last;

		private Parameters(PreparedStatement statement) {
			this.statement = statement;
		}

		private void set(Object value) throws SQLException {
			this.statement.setObject(++this.last, value);
		}

		private void setLong(@Nullable Long value) throws SQLException {
			this.statement.setObject(++this.last, value, Types.BIGINT);
		}

		private void setText(@Nullable String value) throws SQLException {
			this.statement.setString(++this.last, value);
		}

		private void setArray(java.sql.@Nullable Array value) throws SQLException {
			this.statement.setArray(++this.last, value);
		}

	}

}
