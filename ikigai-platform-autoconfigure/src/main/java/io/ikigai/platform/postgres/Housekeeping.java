package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What this process does for all, in one statement a second: tells that it lives, sends
 * its canary, looks whether peers still hold their locks, and asks which of the queues
 * that are waited on have tasks that are ready or due soon: also those that nobody could
 * announce, because their claim was rolled back or its worker died. Only when that finds
 * something does it do more: mark a peer as dead, take back lost claims.
 * <p>
 * Each piece is {@link SupervisedLook supervised}: when the statement fails on a healthy
 * connection, its parts run one by one, and those that fail are left out of it until they
 * work again.
 * <p>
 * A peer is dead when its lock was free on two looks half a second apart. A lost
 * connection is not a death: a process that lives locks again within that time. For ten
 * seconds after this process had to reconnect, or the server started, locks say nothing
 * and only leases count. Confined to the LISTEN thread, but for {@link #failing()}.
 */
final class Housekeeping {

	private static final Log logger = LogFactory.getLog(Housekeeping.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration SECOND_LOOK = Duration.ofMillis(500);

	private final ProcessIdentity self;

	private final Wakeups wakeups;

	private final ScheduledExecutorService timer;

	private final LostClaims lostClaims;

	private final LostMailboxes lostMailboxes;

	private final QueueStatistics statistics;

	private final TopicReader topics;

	private final Duration heartbeat;

	private final LookStatement look;

	private final Map<LookPart, SupervisedLook> parts = new EnumMap<>(LookPart.class);

	private final SupervisedLook marking = new SupervisedLook("dead-processes",
			"Processes that died are not marked, so their tasks return to their queues only when their leases end");

	private final SupervisedLook freeing = new SupervisedLook("dead-consumers",
			"Mailboxes that dead processes held are free only when their leases end");

	private final SupervisedLook late = new SupervisedLook("late-processes",
			"Processes without a heartbeat are shown as running");

	private final SupervisedLook reclaiming = new SupervisedLook("reclaim",
			"Tasks of dead workers and with ended leases do not all return to their queues");

	private final SupervisedLook reconnecting = new SupervisedLook("heartbeat-after-reconnect",
			"Other processes may take this one for dead after it lost its connection");

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
		this.heartbeat = heartbeat;
		this.look = new LookStatement(schema, self, wakeups, heartbeat);
		for (LookPart part : LookPart.values()) {
			this.parts.put(part, part.supervised());
		}
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
		this.trustLocksFrom = System.nanoTime() + LookStatement.GRACE.toNanos();
		this.reconnecting.run(connection, (same) -> {
			try (PreparedStatement statement = same.prepareStatement(this.beat)) {
				statement.setObject(1, this.self.instance());
				statement.executeUpdate();
			}
		});
	}

	/**
	 * Returns what fails, with the reasons: empty when all works. May be called by any
	 * thread.
	 */
	Map<String, String> failing() {
		Map<String, String> failing = new TreeMap<>();
		Stream
			.concat(this.parts.values().stream(),
					Stream.of(this.marking, this.freeing, this.late, this.reclaiming, this.reconnecting))
			.forEach((look) -> {
				String problem = look.problem();
				if (problem != null) {
					failing.put(look.name(), problem);
				}
			});
		String stuck = this.lostClaims.problem();
		if (stuck != null) {
			failing.putIfAbsent(this.reclaiming.name(), stuck);
		}
		return failing;
	}

	/**
	 * Returns whether the canary could be sent when it was last tried.
	 */
	boolean sendsCanary() {
		return Objects.requireNonNull(this.parts.get(LookPart.CANARY)).problem() == null;
	}

	/**
	 * Does it.
	 * @param connection the LISTEN connection
	 * @param lockHeld whether it holds this process's lock and notifications arrive
	 * @param canary whether to send the canary
	 * @return after how long to do it again
	 * @throws SQLException if the connection is lost
	 */
	Duration run(Connection connection, boolean lockHeld, boolean canary) throws SQLException {
		Silent silent = new Silent();
		TopicPosition position = this.topics.position();
		look(connection, new LookStatement.State(this.registered, lockHeld, canary, position), (found) -> {
			silent.add(found);
			take(connection, found, position);
		});
		Set<UUID> dead = silent.dead(this.silentBefore);
		this.silentBefore = silent.processes;
		if (!dead.isEmpty()) {
			buryDead(connection, dead);
			reclaim(connection);
		}
		return (dead.isEmpty() && !silent.processes.isEmpty()) ? SECOND_LOOK : INTERVAL;
	}

	// All that work in one statement. When that fails, each by itself; what failed before
	// is tried by itself too.
	private void look(Connection connection, LookStatement.State state, Findings findings) throws SQLException {
		Set<LookPart> working = EnumSet.noneOf(LookPart.class);
		Set<LookPart> single = EnumSet.noneOf(LookPart.class);
		this.parts.forEach((part, look) -> (look.problem() == null ? working : single).add(part));
		try {
			findings.take(this.look.run(connection, working, state));
		}
		catch (SQLException | RuntimeException | Error ex) {
			SupervisedLook.throwIfLost(connection, ex);
			logger.debug("The look failed; its parts are tried one by one", ex);
			single.addAll(working);
		}
		for (LookPart part : single) {
			Objects.requireNonNull(this.parts.get(part))
				.run(connection, (same) -> findings.take(this.look.run(same, EnumSet.of(part), state)));
		}
	}

	private void take(Connection connection, LookStatement.Found found, @Nullable TopicPosition position)
			throws SQLException {
		for (LookStatement.Due due : found.due()) {
			wakeIn(ChannelName.ofQueue(due.queue()), due.seconds());
		}
		for (String mailbox : found.mailboxes()) {
			this.wakeups.wake(ChannelName.ofMailbox(mailbox), null);
		}
		if (position != null && found.topics() != null) {
			this.topics.looked(position, found.topics());
		}
		if (found.outgrown()) {
			this.statistics.refresh();
		}
		if (found.late()) {
			this.late.run(connection, this::markLate);
		}
		if (found.expired()) {
			reclaim(connection);
		}
	}

	private void buryDead(Connection connection, Set<UUID> dead) throws SQLException {
		if (this.marking.run(connection, (same) -> markDead(same, dead))) {
			logger.warn("Processes that died: " + dead + ". Their tasks go back to their queues");
		}
		this.freeing.run(connection, (same) -> this.lostMailboxes.free(same, dead));
	}

	private void reclaim(Connection connection) throws SQLException {
		this.reclaiming.run(connection, (same) -> {
			int lost = this.lostClaims.takeBack(same);
			if (lost > 0) {
				logger.warn("Took back " + lost + " tasks whose workers died or let their lease end");
			}
		});
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
			statement.setDouble(2, PostgresTaskStore.seconds(this.heartbeat.multipliedBy(3)));
			statement.executeUpdate();
		}
	}

	private interface Findings {

		void take(LookStatement.Found found) throws SQLException;

	}

	/**
	 * The peers that do not hold their locks, as far as locks say something now.
	 */
	private final class Silent {

		private Set<String> processes = Set.of();

		void add(LookStatement.Found found) {
			boolean trustLocks = !found.justStarted() && System.nanoTime() - Housekeeping.this.trustLocksFrom >= 0;
			if (trustLocks && !found.silent().isEmpty()) {
				this.processes = found.silent();
			}
		}

		Set<UUID> dead(Set<String> before) {
			return this.processes.stream()
				.filter(before::contains)
				.map((process) -> UUID.fromString(process.substring(0, process.indexOf(' '))))
				.collect(Collectors.toSet());
		}

	}

}
