package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.StatementCallback;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Runs the platform's statements with a time limit on each. The server is asked to cancel
 * what takes longer, such as the wait for a lock; where even that brings no answer, the
 * network has lost the connection without a word, and it is closed. Only the platform's
 * own statements are limited, and the end of transactions that they are part of: the
 * connection's own setting is restored, so that the application's statements on the same
 * connection take as long as they need.
 * <p>
 * Outside a transaction, what lost against a concurrent transaction runs again: with
 * {@code default_transaction_isolation} set, single statements do too. Safe for use by
 * several threads.
 */
final class LimitedJdbcTemplate extends JdbcTemplate {

	private static final Log logger = LogFactory.getLog(LimitedJdbcTemplate.class);

	/** How much longer than the server's answer its silence is waited for. */
	private static final Duration ANSWER = Duration.ofSeconds(5);

	private static final int MAX_RERUNS = 5;

	private final int networkMillis;

	private final SessionWatch transactions;

	/**
	 * The limit of a statement that takes milliseconds, unless the configuration says
	 * otherwise.
	 */
	static final Duration SHORT = Duration.ofSeconds(15);

	/** The limit of a statement that may read much: of searches, lists and figures. */
	static final Duration LONG = Duration.ofMinutes(10);

	/** The limit of a statement that may write much: of retention. */
	static final Duration LONGEST = Duration.ofMinutes(30);

	/**
	 * Creates the template.
	 * @param dataSource the pool
	 * @param limit how long a statement may take, at least a second
	 * @param transactions watches transactions that it takes part in
	 */
	LimitedJdbcTemplate(DataSource dataSource, Duration limit, SessionWatch transactions) {
		super(dataSource);
		this.transactions = transactions;
		setExceptionTranslator(new PostgresErrors());
		setQueryTimeout((int) Math.max(1, limit.toSeconds()));
		this.networkMillis = (int) Math.min(Integer.MAX_VALUE, limit.plus(ANSWER).toMillis());
	}

	@Override
	public <T extends @Nullable Object> T execute(ConnectionCallback<T> action) {
		for (int reruns = 0;; reruns++) {
			try {
				return super.execute((ConnectionCallback<T>) (connection) -> limited(connection, action));
			}
			catch (ConcurrencyFailureException ex) {
				if (reruns == MAX_RERUNS || !mayRunAgain(ex)) {
					throw ex;
				}
				logger.debug("A statement lost against a concurrent transaction and runs again", ex);
				LockSupport.parkNanos(
						TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(5, 20)) * (reruns + 1));
			}
		}
	}

	// Not what waited for a lock: its caller knows what else to do
	private boolean mayRunAgain(ConcurrencyFailureException ex) {
		return ex.getMostSpecificCause() instanceof SQLException sql
				&& String.valueOf(sql.getSQLState()).startsWith("40") && !this.transactions.active(obtainDataSource());
	}

	private <T extends @Nullable Object> T limited(Connection connection, ConnectionCallback<T> action)
			throws SQLException {
		if (DataSourceUtils.isConnectionTransactional(connection, getDataSource())) {
			this.transactions.joined(connection, obtainDataSource(), this.networkMillis);
		}
		int before = connection.getNetworkTimeout();
		if (before > 0 && before <= this.networkMillis) {
			return action.doInConnection(connection);
		}
		connection.setNetworkTimeout(Runnable::run, this.networkMillis);
		try {
			return action.doInConnection(connection);
		}
		finally {
			restore(connection, before);
		}
	}

	static void restore(Connection connection, int millis) {
		try {
			if (!connection.isClosed()) {
				connection.setNetworkTimeout(Runnable::run, millis);
			}
		}
		catch (SQLException ex) {
			// It is broken, and its owner closes it
			logger.debug("Could not restore the time limit of a connection", ex);
		}
	}

	// Statements get their settings below: a proxy that sees to them costs each claim
	@Override
	protected Connection createConnectionProxy(Connection connection) {
		return connection;
	}

	@Override
	public <T extends @Nullable Object> T execute(PreparedStatementCreator creator,
			PreparedStatementCallback<T> action) {
		return execute((ConnectionCallback<T>) (connection) -> {
			try (PreparedStatement statement = creator.createPreparedStatement(connection)) {
				applyStatementSettings(statement);
				return action.doInPreparedStatement(statement);
			}
		});
	}

	@Override
	public <T extends @Nullable Object> T execute(String sql, PreparedStatementCallback<T> action) {
		return execute((PreparedStatementCreator) (connection) -> connection.prepareStatement(sql), action);
	}

	@Override
	public <T extends @Nullable Object> T execute(StatementCallback<T> action) {
		return execute((ConnectionCallback<T>) (connection) -> {
			try (Statement statement = connection.createStatement()) {
				applyStatementSettings(statement);
				return action.doInStatement(statement);
			}
		});
	}

	@Override
	public void execute(String sql) {
		execute((StatementCallback<Boolean>) (statement) -> statement.execute(sql));
	}

	@Override
	public <T extends @Nullable Object> T query(PreparedStatementCreator creator,
			@Nullable PreparedStatementSetter values, ResultSetExtractor<T> extractor) {
		return execute(creator, (PreparedStatement statement) -> {
			if (values != null) {
				values.setValues(statement);
			}
			try (ResultSet rows = statement.executeQuery()) {
				return extractor.extractData(rows);
			}
		});
	}

	@Override
	public <T extends @Nullable Object> T query(String sql, ResultSetExtractor<T> extractor) {
		return query((connection) -> connection.prepareStatement(sql), null, extractor);
	}

	@Override
	protected int update(PreparedStatementCreator creator, @Nullable PreparedStatementSetter values) {
		Integer count = execute(creator, (PreparedStatement statement) -> {
			if (values != null) {
				values.setValues(statement);
			}
			return statement.executeUpdate();
		});
		return (count != null) ? count : 0;
	}

	@Override
	public int update(String sql) {
		return update((connection) -> connection.prepareStatement(sql), (PreparedStatementSetter) null);
	}

}
