package io.ikigai.platform.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskPosition;
import io.ikigai.platform.queue.TaskProgress;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Looks at the tasks in Redis and administers them.
 */
final class RedisTaskInspection implements TaskInspection {

	private final StringRedisTemplate redis;

	private final RedisSettings settings;

	RedisTaskInspection(StringRedisTemplate redis, RedisSettings settings) {
		this.redis = redis;
		this.settings = settings;
	}

	private List<Object> run(QueueScripts script, String queue, String... arguments) {
		return script.run(this.redis, this.settings, queue, List.of(arguments));
	}

	private long count(QueueScripts script, String queue, String... arguments) {
		return Long.parseLong(String.valueOf(run(script, queue, arguments).get(0)));
	}

	private Optional<RedisTask> task(String queue, UUID id) {
		List<Object> found = run(QueueScripts.FIND, queue, id.toString());
		return found.isEmpty() ? Optional.empty() : Optional.of(RedisTask.of(found));
	}

	@Override
	public Optional<TaskProgress> progress(String queue, UUID id) {
		return task(queue, id).flatMap(RedisTask::progress);
	}

	@Override
	public Optional<TaskInfo> find(String queue, UUID id) {
		return task(queue, id).map((task) -> task.info(queue, id, this.settings.maxAttempts()));
	}

	@Override
	public List<TaskInfo> list(String queue, TaskState state, int limit) {
		return list(queue, state, new TaskSearch.Place(null, 0, limit));
	}

	@Override
	public TaskPage find(String queue, TaskQuery query) {
		return new TaskSearch((state, place) -> list(queue, state, place)).find(query);
	}

	private List<TaskInfo> list(String queue, TaskState state, TaskSearch.Place place) {
		TaskPosition from = place.from();
		String newest = (from != null) ? String.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, from.createdAt()))
				: "+inf";
		// What changes its state between two calls moves the others
		Map<UUID, TaskInfo> tasks = new LinkedHashMap<>();
		int passed = 0;
		List<Object> last;
		do {
			int asked = Math.min(place.limit() - passed, BoundedCalls.ROWS);
			last = run(QueueScripts.LIST, queue, state.name(), newest, String.valueOf(place.skip() + passed),
					String.valueOf(asked), String.valueOf(BoundedCalls.BYTES));
			passed += last.size();
			last.stream()
				.map(RedisTask::of)
				.filter(RedisTask::identified)
				.forEach((task) -> tasks.put(task.id(), task.info(queue, task.id(), this.settings.maxAttempts())));
		}
		while (!last.isEmpty() && passed < place.limit());
		return List.copyOf(tasks.values());
	}

	@Override
	public boolean cancel(String queue, UUID id) {
		return count(QueueScripts.CANCEL, queue, id.toString()) == 1;
	}

	@Override
	public boolean redrive(String queue, UUID id) {
		return count(QueueScripts.REDRIVE, queue, id.toString(), "1", "") == 1;
	}

	@Override
	public long redriveFailed(String queue) {
		long redriven = 0;
		String till = "";
		List<Object> last;
		do {
			last = run(QueueScripts.REDRIVE, queue, "", String.valueOf(BoundedCalls.ROWS), till);
			redriven += at(last, 0);
			// What fails again meanwhile stays failed
			till = String.valueOf(last.get(1));
		}
		while (at(last, 2) == BoundedCalls.ROWS);
		return redriven;
	}

	@Override
	public void pause(String queue, boolean paused) {
		run(QueueScripts.PAUSE, queue, paused ? "1" : "0");
	}

	@Override
	public boolean paused(String queue) {
		return count(QueueScripts.PAUSED, queue) == 1;
	}

	@Override
	public Map<String, QueueStats> stats() {
		Map<String, QueueStats> stats = new LinkedHashMap<>();
		for (String queue : names()) {
			List<Object> counts = run(QueueScripts.STATS, queue);
			if (holdsTasks(counts)) {
				stats.put(queue, stats(counts));
			}
		}
		return stats;
	}

	@Override
	public QueueStats stats(String queue) {
		return stats(run(QueueScripts.STATS, queue));
	}

	private static long at(List<Object> counts, int place) {
		return Long.parseLong(String.valueOf(counts.get(place)));
	}

	// Cancelled ones are not among those that are shown as completed.
	private static QueueStats stats(List<Object> counts) {
		long age = at(counts, 6);
		return new QueueStats(at(counts, 0), at(counts, 1), at(counts, 2), at(counts, 3), at(counts, 4),
				(age >= 0) ? Duration.ofMillis(age) : null);
	}

	private static boolean holdsTasks(List<Object> counts) {
		return counts.subList(0, 6).stream().anyMatch((count) -> !"0".equals(String.valueOf(count)));
	}

	private Set<String> names() {
		Set<String> names = this.redis.opsForSet().members(RedisTaskStore.QUEUES);
		return (names != null) ? new TreeSet<>(names) : Set.of();
	}

	@Override
	public List<String> queues() {
		return names().stream().filter((queue) -> holdsTasks(run(QueueScripts.STATS, queue))).toList();
	}

	@Override
	public long deleteFinished(Duration completed, Duration failed) {
		long deleted = 0;
		for (String queue : names()) {
			long last;
			do {
				last = count(QueueScripts.SWEEP, queue, String.valueOf(completed.toMillis()),
						String.valueOf(failed.toMillis()), String.valueOf(BoundedCalls.ROWS));
				deleted += last;
			}
			while (last >= BoundedCalls.ROWS);
		}
		return deleted;
	}

}
