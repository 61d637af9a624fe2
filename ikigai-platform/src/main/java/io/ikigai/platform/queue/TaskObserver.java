package io.ikigai.platform.queue;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Told what became of claims, in this process, once that is committed. Must neither block
 * nor throw. Called by several threads.
 */
@FunctionalInterface
public interface TaskObserver {

	/**
	 * Tells that a claim has ended.
	 * @param task the task
	 * @param listener the id of the listener that claimed it; {@code null} for a claim by
	 * hand
	 * @param outcome how it ended
	 * @param worked the time from the claim to its settlement
	 */
	void settled(Task task, @Nullable String listener, TaskOutcome outcome, Duration worked);

}
