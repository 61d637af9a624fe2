package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;

/**
 * A connection for the extension of leases alone: handlers that hold every connection of
 * the pool cannot keep it from being had. Opened when a lease is extended first, closed
 * when that has not happened for a while. Uses take turns.
 */
final class LeaseConnection implements AutoCloseable {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private static final Duration PATIENCE = Duration.ofSeconds(7);

	private final ReentrantLock turn = new ReentrantLock();

	private final DataSource dataSource;

	private final SQLExceptionTranslator translator = new SQLStateSQLExceptionTranslator();

	private @Nullable Connection connection;

	private long usedAt = System.nanoTime();

	LeaseConnection(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	<T> T execute(Work<T> work) {
		this.turn.lock();
		try {
			this.usedAt = System.nanoTime();
			// One connection that the server had closed meanwhile is no reason to lose a
			// lease.
			boolean fresh = (this.connection == null);
			try {
				return work.on(connection());
			}
			catch (SQLException ex) {
				discard();
				if (fresh) {
					throw ex;
				}
				return work.on(connection());
			}
		}
		catch (SQLException ex) {
			discard();
			RuntimeException translated = this.translator.translate("extend leases", null, ex);
			throw (translated != null) ? translated : new IllegalStateException(ex);
		}
		finally {
			this.turn.unlock();
		}
	}

	private Connection connection() throws SQLException {
		if (this.connection == null) {
			Connection opened = this.dataSource.getConnection();
			this.connection = opened;
			opened.setAutoCommit(true);
			// A server that no longer answers, or a network that swallows packets, must
			// be
			// found out while there is still time to extend over another connection.
			opened.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
			try (Statement statement = opened.createStatement()) {
				statement.execute("SET application_name = 'ikigai-leases'");
				statement.execute("SET lock_timeout = '1s'");
				statement.execute("SET statement_timeout = '5s'");
			}
		}
		return this.connection;
	}

	void closeIfIdle() {
		if (this.turn.tryLock()) {
			try {
				if (System.nanoTime() - this.usedAt > IDLE.toNanos()) {
					discard();
				}
			}
			finally {
				this.turn.unlock();
			}
		}
	}

	private void discard() {
		Connection discarded = this.connection;
		this.connection = null;
		JdbcUtils.closeConnection(discarded);
	}

	@Override
	public void close() {
		this.turn.lock();
		try {
			discard();
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * What is done on the connection.
	 *
	 * @param <T> what comes of it
	 */
	interface Work<T> {

		T on(Connection connection) throws SQLException;

	}

}
