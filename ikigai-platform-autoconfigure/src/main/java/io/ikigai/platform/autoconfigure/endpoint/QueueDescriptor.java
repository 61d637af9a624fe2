package io.ikigai.platform.autoconfigure.endpoint;

import java.time.Duration;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.ikigai.platform.queue.QueueStats;
import org.jspecify.annotations.Nullable;

/**
 * A queue as the endpoint shows it.
 *
 * @param paused whether claiming is stopped
 * @param ready tasks waiting for a worker
 * @param scheduled tasks waiting for their time
 * @param claimed tasks that a worker has
 * @param completed tasks done, within their retention
 * @param failed tasks given up, within their retention
 * @param oldestReadyAge how long the oldest ready task has been ready, or {@code null} if
 * none is
 * @param completedPerMinute tasks completed in the last minute, as listeners told the
 * telemetry
 * @param failedPerMinute tasks given up in the last minute, told likewise
 */
public record QueueDescriptor(boolean paused, long ready, long scheduled, long claimed, long completed, long failed,
		@JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Duration oldestReadyAge, long completedPerMinute,
		long failedPerMinute) {

	static QueueDescriptor of(QueueStats stats, boolean paused, long completedPerMinute, long failedPerMinute) {
		return new QueueDescriptor(paused, stats.ready(), stats.scheduled(), stats.claimed(), stats.completed(),
				stats.failed(), stats.oldestReadyAge(), completedPerMinute, failedPerMinute);
	}

}
