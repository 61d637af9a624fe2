package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What this process does for all, in one statement a second: tells that it lives, sends
 * its canary, looks whether peers still hold their locks, and asks which of the queues
 * that are waited on have tasks that are ready or due soon: also those that nobody could
 * announce, because their claim was rolled back or its worker died. Only when that finds
 * something does it do more: mark a peer as dead, take back lost claims.
 * <p>
 * A peer is dead when its lock was free on two looks half a second apart. A lost
 * connection is not a death: a process that lives locks again within that time. For ten
 * seconds after this process had to reconnect, or the server started, locks say nothing
 * and only leases count. Confined to the LISTEN thread.
 */
final class Housekeeping {

	private static final Log logger = LogFactory.getLog(Housekeeping.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration SECOND_LOOK = Duration.ofMillis(500);

	private static final Duration GRACE = Duration.ofSeconds(10);

	private final ProcessIdentity self;

	private final Wakeups wakeups;

	private final ScheduledExecutorService timer;

	private final LostClaims lostClaims;

	private final LostMailboxes lostMailboxes;

	private final QueueStatistics statistics;

	private final TopicReader topics;

	private final String table;

	private final Duration heartbeat;

	private final String look;

	private final String markDead;

	private final String markLate;

	private final String beat;

	/** Who did not hold its lock, with the time of its last heartbeat. */
	private Set<String> silentBefore = Set.of();

	private long trustLocksFrom = System.nanoTime();

	/** Whether this process is registered and its heartbeat is to be sent. */
	private volatile boolean registered;

	Housekeeping(Schema schema, ProcessIdentity self, Wakeups wakeups, ScheduledExecutorService timer,
			LostClaims lostClaims, LostMailboxes lostMailboxes, QueueStatistics statistics, TopicReader topics,
			Duration heartbeat) {
		this.self = self;
		this.wakeups = wakeups;
		this.timer = timer;
		this.lostClaims = lostClaims;
		this.lostMailboxes = lostMailboxes;
		this.statistics = statistics;
		this.topics = topics;
		this.table = schema.sql("{schema}.task_queue");
		this.heartbeat = heartbeat;
		this.look = schema
			.sql("""
					WITH due AS MATERIALIZED (
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
					), found AS MATERIALIZED (
						SELECT statement_timestamp() AS looked_at,
							pg_postmaster_start_time() > statement_timestamp() - make_interval(secs => ?) AS just_started,
							CASE WHEN ? THEN pg_notify(?, '')::text END AS canary,
							ARRAY(SELECT i.id || ' ' || i.last_heartbeat FROM {schema}.ikigai_agent_instance i
								WHERE i.status <> 'stopped' AND i.died_at IS NULL AND i.lock_key IS NOT NULL AND i.id <> ?
								AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
									AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
									AND l.classid::bigint = ((i.lock_key >> 32) & 4294967295)
									AND l.objid::bigint = (i.lock_key & 4294967295))) AS silent,
							EXISTS (SELECT FROM {schema}.ikigai_agent_instance i WHERE i.status = 'running' AND i.id <> ?
								AND i.last_heartbeat < statement_timestamp() - make_interval(secs => ?)) AS late,
							EXISTS (SELECT FROM {schema}.ikigai_task_claim
								WHERE expires_at <= statement_timestamp()) AS expired,
							{outgrown} AS outgrown,
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
										ORDER BY b.position LIMIT 1), false) END) AS mailboxes,
							{topics} AS topics
					)
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
					) w ON true"""
				.replace("{outgrown}", QueueStatistics.OUTGROWN)
				.replace("{topics}", TopicSql.LOOK));
		this.beat = schema.sql("""
				UPDATE {schema}.ikigai_agent_instance SET last_heartbeat = statement_timestamp()
				WHERE id = (SELECT id FROM {schema}.ikigai_agent_instance
					WHERE id = ? AND status <> 'stopped' FOR UPDATE SKIP LOCKED)""");
		this.markDead = schema.sql("""
				WITH dead AS (
					UPDATE {schema}.ikigai_agent_instance SET status = 'failed', died_at = statement_timestamp()
					WHERE id = ANY (?) AND died_at IS NULL AND status <> 'stopped' RETURNING id, agent_name
				), claims AS (
					UPDATE {schema}.ikigai_task_claim c SET expires_at = statement_timestamp() FROM dead
					WHERE c.instance_id = dead.id AND c.expires_at > statement_timestamp()
				)
				UPDATE {schema}.agent_registry r SET status = 'failed' WHERE r.name IN (
					SELECT name FROM {schema}.agent_registry WHERE name IN (SELECT agent_name FROM dead)
					FOR UPDATE SKIP LOCKED)
					AND NOT EXISTS (SELECT FROM {schema}.ikigai_agent_instance i WHERE i.agent_name = r.name
						AND i.status = 'running' AND NOT i.id = ANY (?))""");
		this.markLate = schema.sql("""
				WITH late AS (
					UPDATE {schema}.ikigai_agent_instance SET status = 'failed'
					WHERE status = 'running' AND id <> ?
						AND last_heartbeat < statement_timestamp() - make_interval(secs => ?) RETURNING id, agent_name
				)
				UPDATE {schema}.agent_registry r SET status = 'failed' WHERE r.name IN (
					SELECT name FROM {schema}.agent_registry WHERE name IN (SELECT agent_name FROM late)
					FOR UPDATE SKIP LOCKED)
					AND NOT EXISTS (SELECT FROM {schema}.ikigai_agent_instance i WHERE i.agent_name = r.name
						AND i.status = 'running' AND i.id NOT IN (SELECT id FROM late))""");
	}

	void registered(boolean registered) {
		this.registered = registered;
	}

	/**
	 * Tells that the connection is a new one. A heartbeat before the lock is taken again
	 * tells those who found the lock free that the process lives.
	 */
	void reconnected(Connection connection) throws SQLException {
		this.trustLocksFrom = System.nanoTime() + GRACE.toNanos();
		try (PreparedStatement statement = connection.prepareStatement(this.beat)) {
			statement.setObject(1, this.self.instance());
			statement.executeUpdate();
		}
	}

	/**
	 * Does it.
	 * @param connection the LISTEN connection
	 * @param lockHeld whether it holds this process's lock and notifications arrive
	 * @param canary whether to send the canary
	 * @return after how long to do it again
	 */
	Duration run(Connection connection, boolean lockHeld, boolean canary) throws SQLException {
		Look found = look(connection, lockHeld, canary);
		Duration next = INTERVAL;
		boolean trustLocks = !found.justStarted && System.nanoTime() - this.trustLocksFrom >= 0;
		Set<String> silent = trustLocks ? found.silent : Set.of();
		Set<UUID> dead = silent.stream()
			.filter(this.silentBefore::contains)
			.map((process) -> UUID.fromString(process.substring(0, process.indexOf(' '))))
			.collect(Collectors.toSet());
		this.silentBefore = silent;
		if (!dead.isEmpty()) {
			logger.warn("Processes that died: " + dead + ". Their tasks go back to their queues");
			markDead(connection, dead);
			this.lostMailboxes.free(connection, dead);
		}
		else if (!silent.isEmpty()) {
			next = SECOND_LOOK;
		}
		if (found.outgrown) {
			this.statistics.refresh();
		}
		if (found.late) {
			markLate(connection);
		}
		if (found.expired || !dead.isEmpty()) {
			int lost = this.lostClaims.takeBack(connection);
			if (lost > 0) {
				logger.warn("Took back " + lost + " tasks whose workers died or let their lease end");
			}
		}
		return next;
	}

	private Look look(Connection connection, boolean lockHeld, boolean canary) throws SQLException {
		TopicPosition topics = this.topics.position();
		try (PreparedStatement statement = connection.prepareStatement(this.look)) {
			statement.setObject(1, this.self.instance());
			statement.setBoolean(2, this.registered);
			statement.setDouble(3, PostgresTaskStore.seconds(this.heartbeat));
			setLockKey(statement, 4, lockHeld);
			setLockKey(statement, 5, lockHeld);
			statement.setDouble(6, PostgresTaskStore.seconds(GRACE));
			statement.setBoolean(7, canary);
			statement.setString(8, this.self.channel());
			statement.setObject(9, this.self.instance());
			statement.setObject(10, this.self.instance());
			statement.setDouble(11, lateAfter());
			statement.setString(12, this.table);
			statement.setArray(13, connection.createArrayOf("text", this.wakeups.mailboxes().toArray()));
			statement.setObject(14, this.self.instance());
			statement.setString(15, (topics != null) ? topics.snapshot() : null);
			statement.setArray(16,
					(topics != null) ? connection.createArrayOf("text", topics.topics().toArray()) : null);
			statement.setArray(17, connection.createArrayOf("text", this.wakeups.queues().toArray()));
			try (ResultSet row = statement.executeQuery()) {
				Look found = null;
				while (row.next()) {
					if (found == null) {
						found = new Look(row.getBoolean("just_started"),
								Set.copyOf(Arrays.asList((String[]) row.getArray("silent").getArray())),
								row.getBoolean("late"), row.getBoolean("expired"), row.getBoolean("outgrown"));
						for (String mailbox : (String[]) row.getArray("mailboxes").getArray()) {
							this.wakeups.wake(ChannelName.ofMailbox(mailbox), null);
						}
						if (topics != null) {
							this.topics.looked(topics, row.getString("topics"));
						}
					}
					String queue = row.getString("queue_name");
					if (queue != null) {
						wakeIn(ChannelName.ofQueue(queue), row.getDouble("due_in"));
					}
				}
				if (found == null) {
					throw new SQLException("The look returned no row");
				}
				return found;
			}
		}
	}

	private void wakeIn(String channel, double seconds) {
		if (seconds <= 0) {
			this.wakeups.wake(channel, null);
		}
		else {
			this.timer.schedule(() -> this.wakeups.wake(channel, null), Math.round(seconds * 1000) + 1,
					TimeUnit.MILLISECONDS);
		}
	}

	private void setLockKey(PreparedStatement statement, int index, boolean lockHeld) throws SQLException {
		if (lockHeld) {
			statement.setLong(index, this.self.lockKey());
		}
		else {
			statement.setNull(index, Types.BIGINT);
		}
	}

	private double lateAfter() {
		return PostgresTaskStore.seconds(this.heartbeat.multipliedBy(3));
	}

	private void markDead(Connection connection, Set<UUID> dead) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.markDead)) {
			statement.setArray(1, connection.createArrayOf("uuid", dead.toArray()));
			statement.setArray(2, connection.createArrayOf("uuid", dead.toArray()));
			statement.executeUpdate();
		}
	}

	private void markLate(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.markLate)) {
			statement.setObject(1, this.self.instance());
			statement.setDouble(2, lateAfter());
			statement.executeUpdate();
		}
	}

	/**
	 * What one look found.
	 *
	 * @param justStarted whether the server has just started
	 * @param silent peers that do not hold their locks, with their last heartbeats
	 * @param late whether a peer's heartbeat has ended
	 * @param expired whether claims may be lost
	 * @param outgrown whether the queue has outgrown its statistics
	 */
	private record Look(boolean justStarted, Set<String> silent, boolean late, boolean expired, boolean outgrown) {
	}

}
