package io.ikigai.platform.queue;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a queue stands. Finished tasks are counted while their retention lasts; cancelled
 * ones are in no count.
 *
 * @param ready tasks waiting for a worker
 * @param scheduled tasks waiting for their time
 * @param claimed tasks that a worker has
 * @param completed tasks done
 * @param failed tasks given up
 * @param oldestReadyAge how long the oldest ready task has been ready, or {@code null} if
 * none is
 */
public record QueueStats(long ready, long scheduled, long claimed, long completed, long failed,
		@Nullable Duration oldestReadyAge) {
}
