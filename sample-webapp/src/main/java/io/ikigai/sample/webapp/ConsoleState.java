package io.ikigai.sample.webapp;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows, as it is sent to browsers.
 *
 * @param queue how the queue stands
 * @param tasks the tasks, the newest first
 * @param more whether there are more tasks than these
 * @param news the checks that agents have just told of, the latest first
 * @param answers how sites have answered of late
 * @param agents all agents
 * @param backends what the services run on
 */
record ConsoleState(Queue queue, List<Row> tasks, boolean more, List<News> news, AnswerTimes answers,
		List<AgentInfo> agents, List<Backend> backends) {

	/**
	 * The queue's counts.
	 *
	 * @param oldestSeconds roughly how long the oldest ready task has waited
	 * @param paused whether no process claims from it
	 */
	record Queue(long ready, long scheduled, long claimed, long completed, long failed, long oldestSeconds,
			boolean paused) {
	}

	/**
	 * One task.
	 *
	 * @param url the address to check, or the whole payload if there is none in it
	 * @param finishedAt when it was completed, given up or cancelled
	 * @param outcome what the check found, once it is completed
	 */
	record Row(UUID id, String url, TaskState state, int priority, int attempt, int maxAttempts,
			@Nullable String claimedBy, Instant createdAt, Instant scheduledFor, @Nullable Instant claimedAt,
			@Nullable Instant finishedAt, @Nullable String error, @Nullable Outcome outcome) {
	}

	/**
	 * What a check found.
	 */
	record Outcome(String state, @Nullable String reason, @Nullable Integer status, long millis,
			@Nullable Instant certificateExpiry) {
	}

	/**
	 * A check that an agent has just told of.
	 */
	record News(String url, String state, @Nullable String reason, @Nullable Integer status, long millis,
			Instant checkedAt) {
	}

	/**
	 * How long sites took to answer in the last hour.
	 */
	record AnswerTimes(long checks, long averageMillis) {
	}

	/**
	 * A backend, the services on it and whether it works.
	 */
	record Backend(String name, List<String> services, boolean up, Map<String, String> details) {
	}

}
