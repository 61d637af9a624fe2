package io.ikigai.platform.postgres;

import java.util.stream.Collectors;

import io.ikigai.platform.queue.WorkerDeaths;

/**
 * The ranges of the platform's own columns, as CHECK constraints keep them.
 */
final class TaskLimits {

	/** The largest number of attempts, worker deaths and failures that is counted. */
	static final int MOST_ATTEMPTS = 1_000_000_000;

	private TaskLimits() {
	}

	/**
	 * Returns SQL that counts one more and cannot leave the range, whatever an adopted
	 * row holds.
	 * @param column the column that counts
	 */
	static String oneMore(String column) {
		return "least(greatest(" + column + ", 0), " + (MOST_ATTEMPTS - 1) + ") + 1";
	}

	/**
	 * Returns SQL that tells when a task is due whose worker has died.
	 * @param deaths how many have
	 * @param scheduledFor when it was due before
	 */
	static String dueAfter(String deaths, String scheduledFor) {
		return """
				CASE WHEN {deaths} > 1 THEN statement_timestamp() + make_interval(
					secs => (ARRAY[{pauses}])[least({deaths}, {most})]) ELSE {before} END""".replace("{deaths}", deaths)
			.replace("{before}", scheduledFor)
			.replace("{pauses}",
					WorkerDeaths.PAUSES.stream()
						.map((pause) -> Long.toString(pause.toSeconds()))
						.collect(Collectors.joining(", ")))
			.replace("{most}", Integer.toString(WorkerDeaths.PAUSES.size()));
	}

}
