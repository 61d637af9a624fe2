package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * A connection beside the pool for one purpose, such as the extension of leases: handlers
 * that hold every connection of the pool cannot keep it from being had. Opened when it is
 * used first, closed when that has not happened for a while. Uses take turns.
 */
final class SideConnection implements AutoCloseable {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private final ReentrantLock turn = new ReentrantLock();

	private final DataSource dataSource;

	private final String purpose;

	private final Duration patience;

	private final List<String> settings;

	private final SQLExceptionTranslator translator = new PostgresErrors();

	private @Nullable Connection connection;

	private long usedAt = System.nanoTime();

	/**
	 * Creates the connection, which is not opened yet.
	 * @param dataSource where it comes from
	 * @param purpose the end of its application's name
	 * @param patience how long to wait for the server to answer
	 * @param settings what else to set on it, such as {@code jit = off}
	 */
	SideConnection(DataSource dataSource, String purpose, Duration patience, String... settings) {
		this.dataSource = dataSource;
		this.purpose = purpose;
		this.patience = patience;
		this.settings = List.of(settings);
	}

	<T> T execute(Work<T> work) {
		this.turn.lock();
		try {
			this.usedAt = System.nanoTime();
			// One connection that the server had closed meanwhile is no reason to fail,
			// and to lose a lease.
			boolean fresh = (this.connection == null);
			try {
				return work.on(connection());
			}
			catch (SQLException ex) {
				if (fresh || !broken(ex)) {
					throw ex;
				}
				discard();
				return work.on(connection());
			}
		}
		catch (SQLException ex) {
			discard();
			RuntimeException translated = this.translator.translate(this.purpose, null, ex);
			throw (translated != null) ? translated : new UncategorizedSQLException(this.purpose, null, ex);
		}
		finally {
			this.turn.unlock();
		}
	}

	// What the server has answered, such as a lock timeout, it would answer again.
	private static boolean broken(SQLException ex) {
		String state = ex.getSQLState();
		return state == null || state.startsWith("08") || state.startsWith("57P");
	}

	private Connection connection() throws SQLException {
		if (this.connection == null) {
			Connection opened = this.dataSource.getConnection();
			this.connection = opened;
			opened.setAutoCommit(true);
			// A server that no longer answers, or a network that swallows packets, must
			// be
			// found out while there is still time to extend over another connection.
			opened.setNetworkTimeout(Runnable::run, (int) this.patience.toMillis());
			try (Statement statement = opened.createStatement()) {
				statement.execute("SET application_name = 'ikigai-" + this.purpose + "'");
				statement.execute("SET lock_timeout = '1s'");
				statement.execute("SET statement_timeout = " + this.patience.minusSeconds(2).toMillis());
				for (String setting : this.settings) {
					statement.execute("SET " + setting);
				}
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
