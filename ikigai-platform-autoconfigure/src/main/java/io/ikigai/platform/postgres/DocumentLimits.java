package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.Supplier;

import io.ikigai.platform.PayloadException;

import org.springframework.dao.DataAccessException;

/**
 * What JSON may hold and PostgreSQL cannot: numbers beyond 131,072 digits, and entries of
 * an index that are too long.
 */
final class DocumentLimits {

	private static final Set<String> STATES = Set.of("22003", "54000", "54001");

	private DocumentLimits() {
	}

	static <R> R within(Supplier<R> work) {
		try {
			return work.get();
		}
		catch (DataAccessException ex) {
			if (ex.getMostSpecificCause() instanceof SQLException sql && STATES.contains(sql.getSQLState())) {
				throw new PayloadException("PostgreSQL cannot take a value in this document or query: "
						+ sql.getMessage() + ". Nothing was written", ex);
			}
			throw ex;
		}
	}

}
