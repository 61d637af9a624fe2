package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Translates what PostgreSQL answers to the platform's statements. Spring translates by
 * classes of SQLStates, and leaves states without a class of their own uncategorized,
 * which counts as non-transient: a lock timeout and a server that is read-only because it
 * has just lost its place as the primary. Both pass.
 * <p>
 * Remembers that a full disk has refused a write, which a health check that only reads
 * does not notice. Safe for use by several threads.
 */
final class PostgresErrors implements SQLExceptionTranslator {

	private static final String LOCK_NOT_AVAILABLE = "55P03";

	private static final String READ_ONLY = "25006";

	private static final String DISK_FULL = "53100";

	/** For how long a refused write tells that the next one will be refused too. */
	private static final long TELLING_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final SQLExceptionTranslator OTHERS = new SQLExceptionSubclassTranslator();

	private volatile @Nullable Refusal refusal;

	/**
	 * Returns what the server said when it refused a write, if it did so lately.
	 */
	@Nullable String refusal() {
		Refusal last = this.refusal;
		return (last != null && System.nanoTime() - last.at < TELLING_NANOS) ? last.reason : null;
	}

	/**
	 * Tells whether a statement failed because what it reads is too much: for the
	 * server's memory or for the time that it has. It may do with fewer rows.
	 */
	static boolean isTooMuch(DataAccessException ex) {
		return isTooLarge(ex) || has(ex, Set.of("57014", "53200"));
	}

	/**
	 * Tells whether a statement failed because something that it reads is beyond the
	 * limits of the server.
	 */
	static boolean isTooLarge(DataAccessException ex) {
		return has(ex, Set.of("54000", "54001", "XX000"));
	}

	private static boolean has(DataAccessException ex, Set<String> states) {
		return ex.getMostSpecificCause() instanceof SQLException cause
				&& states.contains(String.valueOf(cause.getSQLState()));
	}

	@Override
	public @Nullable DataAccessException translate(String task, @Nullable String sql, SQLException ex) {
		String state = ex.getSQLState();
		if (LOCK_NOT_AVAILABLE.equals(state)) {
			return new CannotAcquireLockException(task + ": " + ex.getMessage(), ex);
		}
		if (READ_ONLY.equals(state)) {
			return new TransientDataAccessResourceException(
					task + ": the server takes no writes (" + ex.getMessage() + ")", ex);
		}
		if (DISK_FULL.equals(state)) {
			this.refusal = new Refusal(String.valueOf(ex.getMessage()), System.nanoTime());
		}
		DataAccessException translated = OTHERS.translate(task, sql, ex);
		// Its message would be the statement's text alone, which is not known here
		return (sql == null && translated instanceof BadSqlGrammarException)
				? new BadSqlGrammarException(task, String.valueOf(ex.getMessage()), ex) : translated;
	}

	/**
	 * A write that was refused.
	 *
	 * @param reason what the server said
	 * @param at when, as {@link System#nanoTime()} tells
	 */
	private record Refusal(String reason, long at) {
	}

}
