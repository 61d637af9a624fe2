package io.ikigai.platform.queue;

/**
 * A claim with its completion, as a {@link TaskStore} is asked to write it.
 *
 * @param claim the claim
 * @param outcome its outcome
 */
public record CompletedClaim(TaskClaim claim, TaskOutcome.Completed outcome) {
}
