package io.ikigai.platform.postgres;

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

}
