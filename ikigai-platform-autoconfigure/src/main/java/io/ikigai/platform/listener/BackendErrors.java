package io.ikigai.platform.listener;

import java.sql.SQLException;
import java.util.Set;

import io.ikigai.platform.mailbox.StaleMessageException;
import io.ikigai.platform.queue.StaleClaimException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/**
 * Decides what an error of a backend means for the task or message at hand: whether the
 * same write can succeed later, and whether the transaction lost against a concurrent
 * one. What is final is listed, not what passes: Spring's exceptions do not tell, for
 * states that its translation does not know (a server that is read-only during a
 * failover, a lock timeout, a Redis that still loads) arrive as non-transient ones.
 */
final class BackendErrors {

	/**
	 * The classes of SQLStates that tell that the statement or its values are at fault:
	 * unsupported, cardinality, data, integrity, unknown names and grammar, check option,
	 * limits of the program, exceptions raised by the application's own functions.
	 */
	private static final Set<String> FINAL_CLASSES = Set.of("0A", "21", "22", "23", "3D", "3F", "42", "44", "54", "P0");

	/** Somebody can grant what is missing. */
	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	/** Serialization failure, deadlock, lock timeout. */
	private static final Set<String> LOST_RACES = Set.of("40001", "40P01", "55P03");

	private BackendErrors() {
	}

	/**
	 * Asks whether the same write fails again, however often it is tried. What is no
	 * error of a backend at all, such as one of the application's code, is final.
	 * @param error what a write threw
	 * @return whether it is final
	 */
	static boolean isFinal(Throwable error) {
		if (error instanceof StaleClaimException || error instanceof StaleMessageException) {
			return true;
		}
		String state = sqlState(error);
		if (state != null && state.length() == 5) {
			return FINAL_CLASSES.contains(state.substring(0, 2)) && !INSUFFICIENT_PRIVILEGE.equals(state);
		}
		if (error instanceof DataIntegrityViolationException || error instanceof InvalidDataAccessResourceUsageException
				|| error instanceof InvalidDataAccessApiUsageException) {
			return true;
		}
		return !(error instanceof DataAccessException || error instanceof TransactionException);
	}

	/**
	 * Asks whether a transaction lost against a concurrent one: run again, it may well
	 * succeed. Not every transaction manager translates what a commit throws.
	 * @param error what the transaction threw
	 * @return whether it lost
	 */
	static boolean lostRace(Throwable error) {
		if (error instanceof ConcurrencyFailureException) {
			return true;
		}
		String state = (error instanceof DataAccessException || error instanceof TransactionException) ? sqlState(error)
				: null;
		return state != null && LOST_RACES.contains(state);
	}

	private static @Nullable String sqlState(Throwable error) {
		int depth = 0;
		for (Throwable cause = error; cause != null && depth < 20; cause = cause.getCause(), depth++) {
			if (cause instanceof SQLException sql && sql.getSQLState() != null) {
				return sql.getSQLState();
			}
		}
		return null;
	}

}
