package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One piece of the housekeeping with a failure state of its own. A look that fails is
 * logged once, counted, tried again after growing pauses, and shown by
 * {@link #problem()}; it closes no connection and stops no other look. Only a lost
 * connection is thrown. Used by one thread; {@link #problem()} by any.
 */
final class SupervisedLook {

	private static final Log logger = LogFactory.getLog(SupervisedLook.class);

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

	/**
	 * The server ends the session: admin_shutdown, crash_shutdown, cannot_connect_now.
	 */
	private static final Set<String> SESSION_ENDS = Set.of("57P01", "57P02", "57P03");

	private final String name;

	private final String consequence;

	private long failures;

	private Duration pause = Duration.ZERO;

	private long nextTry = System.nanoTime();

	private volatile @Nullable String problem;

	/**
	 * Creates the look.
	 * @param name what health calls it
	 * @param consequence what does not happen while it fails, as a sentence
	 */
	SupervisedLook(String name, String consequence) {
		this.name = name;
		this.consequence = consequence;
	}

	String name() {
		return this.name;
	}

	/**
	 * Returns why the look fails, how often it did and what that means; {@code null}
	 * while it works.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Returns whether the look works or may be tried again.
	 */
	boolean due() {
		return this.failures == 0 || System.nanoTime() - this.nextTry >= 0;
	}

	/**
	 * Runs the look if it is due.
	 * @return whether it ran and worked
	 * @throws SQLException if the connection is lost
	 */
	boolean run(Connection connection, Action action) throws SQLException {
		if (!due()) {
			return false;
		}
		try {
			action.on(connection);
			worked();
			return true;
		}
		catch (SQLException | RuntimeException | Error ex) {
			throwIfLost(connection, ex);
			failed(ex);
			return false;
		}
	}

	void worked() {
		if (this.failures > 0) {
			logger.info("Housekeeping '" + this.name + "' works again after " + this.failures + " failures");
			this.failures = 0;
			this.pause = Duration.ZERO;
			this.problem = null;
		}
	}

	void failed(Throwable error) {
		this.failures++;
		Duration doubled = this.pause.isZero() ? FIRST_PAUSE : this.pause.multipliedBy(2);
		this.pause = (doubled.compareTo(LONGEST_PAUSE) < 0) ? doubled : LONGEST_PAUSE;
		this.nextTry = System.nanoTime() + this.pause.toNanos();
		String told = this.consequence + ". Failures: " + this.failures + "; the last one: " + error.getMessage();
		this.problem = told;
		if (this.failures == 1) {
			logger.warn("Housekeeping '" + this.name + "' fails and is tried again after growing pauses of up to "
					+ LONGEST_PAUSE.toSeconds() + " s; all other housekeeping goes on. " + told, error);
		}
		else {
			logger.debug("Housekeeping '" + this.name + "' still fails", error);
		}
	}

	/**
	 * Throws what means that the connection is lost; anything else is a failure on a
	 * healthy connection.
	 */
	static void throwIfLost(Connection connection, Throwable error) throws SQLException {
		if (error instanceof SQLException failure && isLost(connection, failure)) {
			throw failure;
		}
	}

	private static boolean isLost(Connection connection, SQLException failure) throws SQLException {
		String state = failure.getSQLState();
		return connection.isClosed() || (state != null && (state.startsWith("08") || SESSION_ENDS.contains(state)));
	}

	/**
	 * What a look does.
	 */
	interface Action {

		void on(Connection connection) throws SQLException;

	}

}
