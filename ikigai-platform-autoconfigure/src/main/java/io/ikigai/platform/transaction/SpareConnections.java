package io.ikigai.platform.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SmartDataSource;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * Connections beside the pool for threads that hold one of the pool: if each connection
 * of the pool were held by a thread that waits for a second one, none would ever return.
 * A few are kept open for a while. To Spring it is the pool itself, so that statements on
 * the pool join the transactions made here. Safe for use by several threads.
 */
final class SpareConnections extends AbstractDataSource implements SmartDataSource, InfrastructureProxy, AutoCloseable {

	private static final int MOST_IDLE = 4;

	private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

	/** A connection that was used this recently is taken for good. */
	private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private static final int VALID_SECONDS = 2;

	private final DataSource pool;

	private final DataSource key;

	private final DataSource direct;

	private final Deque<Idle> idle = new ArrayDeque<>();

	private final Set<Connection> lent = ConcurrentHashMap.newKeySet();

	private boolean closed;

	/**
	 * Creates them; nothing is opened yet.
	 * @param pool the pool
	 * @param key what the pool's connections are bound to threads by
	 * @param direct what opens connections past the pool, or the pool if there is nothing
	 * else
	 */
	SpareConnections(DataSource pool, DataSource key, DataSource direct) {
		this.pool = pool;
		this.key = key;
		this.direct = direct;
	}

	@Override
	public Object getWrappedObject() {
		return this.key;
	}

	@Override
	public Connection getConnection() throws SQLException {
		if (this.direct == this.key || this.direct == this.pool) {
			return this.pool.getConnection();
		}
		for (Idle each = take(); each != null; each = take()) {
			if (System.nanoTime() - each.since < FRESH_NANOS || each.connection.isValid(VALID_SECONDS)) {
				return lent(each.connection);
			}
			JdbcUtils.closeConnection(each.connection);
		}
		Connection opened;
		try {
			opened = this.direct.getConnection();
		}
		catch (SQLException ex) {
			// The server may have no connection left where the pool has
			logger.debug("No connection beside the pool; taking one from it", ex);
			return this.pool.getConnection();
		}
		return lent(opened);
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return this.pool.getConnection(username, password);
	}

	private Connection lent(Connection connection) {
		this.lent.add(connection);
		return connection;
	}

	private synchronized @Nullable Idle take() {
		return this.idle.pollLast();
	}

	/**
	 * Takes back what a transaction no longer needs.
	 * @return whether its caller has to close it
	 */
	@Override
	public boolean shouldClose(Connection connection) {
		if (!this.lent.remove(connection)) {
			return true;
		}
		try {
			return connection.isClosed() || !connection.getAutoCommit() || !keep(connection);
		}
		catch (SQLException ex) {
			return true;
		}
	}

	private synchronized boolean keep(Connection connection) {
		if (this.closed || this.idle.size() >= MOST_IDLE) {
			return false;
		}
		this.idle.addLast(new Idle(connection, System.nanoTime()));
		return true;
	}

	void closeIdle() {
		long now = System.nanoTime();
		for (Idle old = takeOld(now); old != null; old = takeOld(now)) {
			JdbcUtils.closeConnection(old.connection);
		}
	}

	private synchronized @Nullable Idle takeOld(long now) {
		Idle oldest = this.idle.peekFirst();
		return (oldest != null && (this.closed || now - oldest.since > IDLE_NANOS)) ? this.idle.pollFirst() : null;
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		closeIdle();
	}

	/**
	 * A connection that is kept.
	 *
	 * @param connection the connection
	 * @param since since when it is unused
	 */
	private record Idle(Connection connection, long since) {
	}

}
