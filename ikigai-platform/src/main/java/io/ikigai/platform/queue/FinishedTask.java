package io.ikigai.platform.queue;

/**
 * A task whose handler has returned, to be completed together with others.
 *
 * @param task the task
 * @param outcome its outcome, the result written as JSON already
 */
public record FinishedTask(ListenedTask task, TaskOutcome.Completed outcome) {
}
