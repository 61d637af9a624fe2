package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Watches the transactions that the platform's statements are part of. Their end gets a
 * time limit, for a commit is a statement like others. And where the application's own
 * statement waits on a connection that the network has lost, for which there is no limit
 * that would not cut long ones too, the server tells: it ends a session that settles
 * something and hears nothing for a lease ({@code idle_in_transaction_session_timeout}).
 * A transaction whose session has ended can't commit any more, and its connection is
 * closed here, so that the waiting thread gets an error and the task is handled again.
 * Safe for use by several threads.
 */
final class SessionWatch implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SessionWatch.class);

	/** Shorter transactions are not looked at. */
	private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Set<Joined> open = ConcurrentHashMap.newKeySet();

	private final UnaryOperator<Set<Integer>> sessions;

	private volatile @Nullable ScheduledExecutorService thread;

	private boolean failing;

	/**
	 * Creates the watch.
	 * @param sessions tells which of the given sessions there are, by their process ids
	 */
	SessionWatch(UnaryOperator<Set<Integer>> sessions) {
		this.sessions = sessions;
	}

	/**
	 * Asks the server.
	 * @param connection a connection beside the pool
	 */
	static UnaryOperator<Set<Integer>> sessions(SideConnection connection) {
		return (pids) -> connection.execute((asking) -> there(asking, pids));
	}

	/**
	 * Begins to look, from a thread of its own.
	 * @param idle connections that are closed when they have not been used for a while
	 */
	void start(SideConnection... idle) {
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread created = new Thread(task, "ikigai-watch");
			created.setDaemon(true);
			return created;
		});
		this.thread = started;
		started.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
		for (SideConnection each : idle) {
			started.scheduleWithFixedDelay(each::closeIfIdle, 10, 10, TimeUnit.SECONDS);
		}
	}

	@Override
	public void close() {
		ScheduledExecutorService started = this.thread;
		if (started != null) {
			started.shutdownNow();
		}
	}

	/**
	 * Tells whether the thread's transaction has a connection of the pool.
	 */
	boolean active(DataSource dataSource) {
		return TransactionSynchronizationManager.isActualTransactionActive()
				|| TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder;
	}

	/**
	 * Notes that a statement of the platform runs in the thread's transaction.
	 * @param connection the transaction's connection
	 * @param dataSource its pool
	 * @param millis how long the commit may take
	 */
	void joined(Connection connection, DataSource dataSource, int millis) throws SQLException {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return;
		}
		if (TransactionSynchronizationManager.getResource(this) == null
				&& connection.isWrapperFor(PGConnection.class)) {
			Joined joined = new Joined(connection, millis);
			TransactionSynchronizationManager.bindResource(this, joined);
			TransactionSynchronizationManager.registerSynchronization(joined);
			this.open.add(joined);
		}
	}

	/**
	 * Closes the connections of transactions whose sessions have ended.
	 */
	private void look() {
		List<Joined> old = this.open.stream().filter((each) -> System.nanoTime() - each.since > LONG_NANOS).toList();
		if (old.isEmpty()) {
			return;
		}
		try {
			Map<Integer, Joined> sessions = old.stream()
				.collect(Collectors.toMap((each) -> each.pid, (each) -> each, (one, other) -> one, HashMap::new));
			Set<Integer> there = this.sessions.apply(sessions.keySet());
			sessions.forEach((pid, joined) -> joined.seen(there.contains(pid)));
			this.failing = false;
		}
		catch (RuntimeException | Error ex) {
			if (!this.failing) {
				this.failing = true;
				logger.warn("Could not look which sessions of transactions there are; looking again", ex);
			}
		}
	}

	private static Set<Integer> there(Connection connection, Set<Integer> pids) throws SQLException {
		Set<Integer> there = new HashSet<>();
		try (PreparedStatement statement = connection.prepareStatement(
				"SELECT pid FROM unnest(?) AS p(pid) WHERE EXISTS (SELECT FROM pg_stat_get_activity(p.pid))")) {
			statement.setArray(1, connection.createArrayOf("int4", pids.toArray()));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					there.add(row.getInt(1));
				}
			}
		}
		return there;
	}

	/**
	 * A transaction that statements of the platform are part of.
	 */
	private final class Joined implements TransactionSynchronization {

		private final Connection connection;

		private final Connection physical;

		private final int pid;

		private final int millis;

		private final long since = System.nanoTime();

		/** Whether the server knows the session: behind a pooler it has another id. */
		private boolean known;

		private int before;

		Joined(Connection connection, int millis) throws SQLException {
			this.connection = connection;
			PGConnection postgres = connection.unwrap(PGConnection.class);
			this.physical = (Connection) postgres;
			this.pid = postgres.getBackendPID();
			this.millis = millis;
		}

		private void seen(boolean there) {
			if (there) {
				this.known = true;
			}
			else if (this.known && SessionWatch.this.open.remove(this)) {
				logger.warn("The server has ended the session (pid %d) of a transaction that still runs here: it heard "
					.formatted(this.pid)
						+ "nothing for the time of a lease, or was told to. Closing the connection, so that whatever "
						+ "waits for its answer gets an error");
				try {
					this.physical.abort(Runnable::run);
				}
				catch (SQLException ex) {
					logger.warn("Could not close the connection of session " + this.pid, ex);
				}
			}
		}

		@Override
		public void suspend() {
			TransactionSynchronizationManager.unbindResourceIfPossible(SessionWatch.this);
		}

		@Override
		public void resume() {
			TransactionSynchronizationManager.bindResource(SessionWatch.this, this);
		}

		@Override
		public void beforeCompletion() {
			TransactionSynchronizationManager.unbindResourceIfPossible(SessionWatch.this);
			try {
				this.before = this.connection.getNetworkTimeout();
				if (this.before == 0 || this.before > this.millis) {
					this.connection.setNetworkTimeout(Runnable::run, this.millis);
				}
			}
			catch (SQLException ex) {
				logger.debug("The end of a transaction gets no time limit: its connection is broken", ex);
			}
		}

		@Override
		public void afterCompletion(int status) {
			SessionWatch.this.open.remove(this);
			LimitedJdbcTemplate.restore(this.connection, this.before);
		}

	}

}
