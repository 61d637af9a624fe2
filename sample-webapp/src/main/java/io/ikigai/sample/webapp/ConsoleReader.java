package io.ikigai.sample.webapp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Reads from the platform, and from the documents of the agent, what the page shows.
 */
@Component
class ConsoleReader {

	private static final int TASKS_PER_STATE = 25;

	private static final int LONGEST_TEXT = 500;

	private final Platform platform;

	private final List<BackendStatus> backends;

	private final Outcomes outcomes;

	private final LatestChecks latest;

	private final AnswerTimesReader answerTimes;

	private final JsonMapper json;

	ConsoleReader(Platform platform, List<BackendStatus> backends, Outcomes outcomes, LatestChecks latest,
			AnswerTimesReader answerTimes, JsonMapper json) {
		this.platform = platform;
		this.backends = backends;
		this.outcomes = outcomes;
		this.latest = latest;
		this.answerTimes = answerTimes;
		this.json = json;
	}

	ConsoleState read() {
		TaskQueue queue = this.platform.queue(ConsoleApplication.QUEUE);
		List<TaskInfo> tasks = new ArrayList<>();
		boolean more = false;
		for (TaskState state : TaskState.values()) {
			List<TaskInfo> some = queue.list(state, TASKS_PER_STATE);
			more |= some.size() == TASKS_PER_STATE;
			tasks.addAll(some);
		}
		tasks.sort(Comparator.comparing(TaskInfo::createdAt).reversed());
		Map<UUID, ConsoleState.Outcome> found = this.outcomes.of(tasks.stream().map(TaskInfo::id).toList());
		List<ConsoleState.Row> rows = tasks.stream().map((task) -> row(task, found.get(task.id()))).toList();
		return new ConsoleState(counts(queue), rows, more, this.latest.list(), this.answerTimes.lastHour(),
				this.platform.agents().list(), this.backends.stream().map(ConsoleReader::backend).toList());
	}

	private ConsoleState.Row row(TaskInfo task, ConsoleState.@Nullable Outcome outcome) {
		return new ConsoleState.Row(task.id(), address(task.json()), task.state(), task.priority(), task.attempt(),
				task.maxAttempts(), task.claimedBy(), task.createdAt(), task.scheduledFor(), task.claimedAt(),
				(task.completedAt() != null) ? task.completedAt() : task.failedAt(), firstLine(task.error()), outcome);
	}

	/**
	 * Any program may write tasks, so the payload may be any JSON.
	 */
	private String address(String payload) {
		JsonNode url = this.json.readTree(payload).path("url");
		return StringUtils.truncate(url.isString() ? url.stringValue() : payload, LONGEST_TEXT);
	}

	/**
	 * A stack trace may follow the first line.
	 */
	private static @Nullable String firstLine(@Nullable String error) {
		return (error != null) ? StringUtils.truncate(error.lines().findFirst().orElse(""), LONGEST_TEXT) : null;
	}

	private static ConsoleState.Queue counts(TaskQueue queue) {
		QueueStats stats = queue.stats();
		return new ConsoleState.Queue(stats.ready(), stats.scheduled(), stats.claimed(), stats.completed(),
				stats.failed(), coarse(stats.oldestReadyAge()), queue.paused());
	}

	/**
	 * An age in seconds would change the state with every look.
	 */
	private static long coarse(@Nullable Duration age) {
		long seconds = (age != null) ? age.toSeconds() : 0;
		return seconds - seconds % ((seconds < 60) ? 10 : 60);
	}

	private static ConsoleState.Backend backend(BackendStatus status) {
		BackendStatus.Condition condition = status.condition();
		Map<String, String> details = new TreeMap<>();
		condition.details().forEach((key, value) -> details.put(key, String.valueOf(value)));
		return new ConsoleState.Backend(status.backend(), status.services().stream().sorted().toList(), condition.up(),
				details);
	}

}
