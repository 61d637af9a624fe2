package io.ikigai.platform;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What a database tells about what makes it slow in the long run. Implemented by a
 * backend that is one; safe for use by several threads.
 */
public interface DatabaseHygiene {

	/**
	 * Looks at the database now.
	 * @return what was found
	 * @throws RuntimeException if the database does not answer
	 */
	Findings findings();

	/**
	 * The state of a database at one moment.
	 *
	 * @param oldestTransaction how long the oldest open transaction has been so, as far
	 * as the platform's role may see, or {@code null} if none is; what it could still see
	 * cannot be vacuumed
	 * @param oldestTransactionPid the process id of its session
	 * @param notificationQueue how full the queue of notifications is, from 0 to 1; when
	 * it is full, commits that notify fail
	 * @param deadTuples the share of dead rows in the tables that change most, from 0 to
	 * 1, by name
	 */
	record Findings(@Nullable Duration oldestTransaction, @Nullable Integer oldestTransactionPid,
			double notificationQueue, Map<String, Double> deadTuples) {

		/**
		 * Copies the map.
		 * @param oldestTransaction how long the oldest open transaction has been so, as
		 * far as the platform's role may see, or {@code null} if none is; what it could
		 * still see cannot be vacuumed
		 * @param oldestTransactionPid the process id of its session
		 * @param notificationQueue how full the queue of notifications is, from 0 to 1;
		 * when it is full, commits that notify fail
		 * @param deadTuples the share of dead rows in the tables that change most, from 0
		 * to 1, by name
		 */
		public Findings {
			deadTuples = new TreeMap<>(deadTuples);
		}

	}

}
