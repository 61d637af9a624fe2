package io.ikigai.platform.queue;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a claim ends.
 */
public sealed interface TaskOutcome {

	/**
	 * The task is done.
	 *
	 * @param result its result as JSON, if it has one
	 */
	record Completed(@Nullable String result) implements TaskOutcome {
	}

	/**
	 * The task is given up.
	 *
	 * @param error why
	 */
	record Failed(String error) implements TaskOutcome {
	}

	/**
	 * The task goes back to the queue, the attempt counted.
	 *
	 * @param delay how long it is not claimed
	 * @param error why
	 */
	record Retried(Duration delay, String error) implements TaskOutcome {
	}

	/**
	 * The task goes back to the queue as if it had not been claimed.
	 */
	record Released() implements TaskOutcome {
	}

	/**
	 * The task has been taken over by another backend: nothing of it stays here.
	 */
	record Moved() implements TaskOutcome {
	}

}
