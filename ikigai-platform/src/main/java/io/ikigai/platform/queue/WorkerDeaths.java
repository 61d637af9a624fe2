package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.List;

/**
 * What follows the death of a task's worker, be it that its process ended or that it let
 * its lease end. The first death is most often none of the task's making, and another
 * worker gets it at once. A task that kills its workers gets to the next one after
 * growing pauses, as a failed attempt does.
 */
public final class WorkerDeaths {

	/**
	 * The pauses after the first, second, and so on, death; the last one counts for all
	 * that follow.
	 */
	public static final List<Duration> PAUSES = List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(3),
			Duration.ofSeconds(9), Duration.ofSeconds(27), Duration.ofSeconds(81), Duration.ofSeconds(243),
			Duration.ofMinutes(10));

	private WorkerDeaths() {
	}

	/**
	 * Returns how long a task has to wait for its next worker.
	 * @param deaths how many of its workers have died, at least one
	 * @return the pause
	 */
	public static Duration pauseAfter(int deaths) {
		return PAUSES.get(Math.max(0, Math.min(deaths, PAUSES.size()) - 1));
	}

}
