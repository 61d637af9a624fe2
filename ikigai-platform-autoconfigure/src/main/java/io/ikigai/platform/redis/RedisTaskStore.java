package io.ikigai.platform.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskStore;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Task queues in Redis: enqueueing, claiming, settling. Tasks of one call are stored all
 * or none where they have less than 16 million characters together; larger ones go in
 * several parts.
 */
final class RedisTaskStore implements TaskStore {

	/** The names of the queues, in a slot of their own. */
	static final String QUEUES = "ikigai:queues";

	private static final long CHARACTERS_PER_CALL = 16_000_000;

	private static final Instant LATEST = Instant.ofEpochMilli(9_000_000_000_000_000L / 2);

	private final StringRedisTemplate redis;

	private final RedisSettings settings;

	private final QueueWakeups wakeups;

	private final Set<String> known = ConcurrentHashMap.newKeySet();

	RedisTaskStore(StringRedisTemplate redis, RedisSettings settings, QueueWakeups wakeups) {
		this.redis = redis;
		this.settings = settings;
		this.wakeups = wakeups;
	}

	private List<Object> run(QueueScripts script, String queue, String... arguments) {
		return script.run(this.redis, this.settings, queue, List.of(arguments));
	}

	private static boolean done(List<Object> answer) {
		return !answer.isEmpty() && "1".equals(String.valueOf(answer.get(0)));
	}

	@Override
	public List<UUID> add(String queue, List<NewTask> tasks) {
		if (!tasks.isEmpty() && !this.known.contains(queue)) {
			this.redis.opsForSet().add(QUEUES, queue);
			this.known.add(queue);
		}
		List<UUID> ids = new ArrayList<>(tasks.size());
		while (ids.size() < tasks.size()) {
			List<String> arguments = new ArrayList<>();
			long characters = 0;
			for (int i = ids.size(); i < tasks.size() && characters < CHARACTERS_PER_CALL; i++) {
				characters += tasks.get(i).json().length();
				add(arguments, tasks.get(i));
			}
			QueueScripts.ADD.run(this.redis, this.settings, queue, arguments)
				.forEach((id) -> ids.add(UUID.fromString(String.valueOf(id))));
		}
		return ids;
	}

	private static void add(List<String> arguments, NewTask task) {
		TaskOptions options = task.options();
		Instant at = options.scheduledFor();
		if (at != null && at.isAfter(LATEST)) {
			at = LATEST;
		}
		arguments.add(task.id().toString());
		arguments.add(task.json());
		arguments.add(String.valueOf(options.priority()));
		arguments.add((at != null) ? String.valueOf(at.plusNanos(999_999).toEpochMilli()) : "");
		arguments.add((at != null) ? RedisTask.micros(at) : "");
		arguments.add((options.delay() != null) ? millis(options.delay()) : "0");
		arguments.add((options.maxAttempts() != null) ? String.valueOf(options.maxAttempts()) : "");
		arguments.add((options.uniqueKey() != null) ? options.uniqueKey() : "");
		arguments.add(RedisTask.headers(options.headers()));
	}

	// A delay of less than a millisecond is still one; one without end ends.
	private static String millis(Duration duration) {
		if (duration.compareTo(Duration.ofDays(36_500_000)) > 0) {
			return String.valueOf(Duration.ofDays(36_500_000).toMillis());
		}
		return String.valueOf(duration.plusNanos(999_999).toMillis());
	}

	@Override
	public List<TaskClaim> claim(String queue, int max, Duration lease, boolean transactional) {
		return claim(queue, max, lease, "ready");
	}

	@Override
	public List<TaskClaim> claimScheduled(String queue, int max, Duration lease) {
		return claim(queue, max, lease, "due");
	}

	private List<TaskClaim> claim(String queue, int max, Duration lease, String from) {
		UUID token = UUID.randomUUID();
		return run(QueueScripts.CLAIM, queue, String.valueOf(max), token.toString(), millis(lease), from).stream()
			.map((task) -> RedisTask.of(task).claim(queue, token, this.settings.agentName(), lease))
			.toList();
	}

	@Override
	public boolean settle(TaskClaim claim, TaskOutcome outcome) {
		String id = claim.id().toString();
		String token = claim.token().toString();
		if (outcome instanceof TaskOutcome.Completed completed) {
			return done(run(QueueScripts.COMPLETE, claim.queue(), id, token, orNothing(completed.result())));
		}
		if (outcome instanceof TaskOutcome.Failed failed) {
			return done(run(QueueScripts.FAIL, claim.queue(), id, token, failed.error()));
		}
		if (outcome instanceof TaskOutcome.Retried retried) {
			return done(run(QueueScripts.RETRY, claim.queue(), id, token, millis(retried.delay()), retried.error()));
		}
		if (outcome instanceof TaskOutcome.Moved) {
			return done(run(QueueScripts.REMOVE, claim.queue(), id, token));
		}
		return done(run(QueueScripts.RELEASE, claim.queue(), id, token));
	}

	private static String orNothing(@Nullable String result) {
		return (result != null) ? result : "";
	}

	@Override
	public List<CompletedClaim> completeAll(List<CompletedClaim> claims) {
		Map<String, List<CompletedClaim>> byQueue = new HashMap<>();
		claims.forEach((each) -> byQueue.computeIfAbsent(each.claim().queue(), (queue) -> new ArrayList<>()).add(each));
		Set<CompletedClaim> left = new HashSet<>();
		byQueue.forEach((queue, of) -> {
			List<String> arguments = new ArrayList<>(of.size() * 3);
			for (CompletedClaim each : of) {
				arguments.add(each.claim().id().toString());
				arguments.add(each.claim().token().toString());
				arguments.add(orNothing(each.outcome().result()));
			}
			QueueScripts.COMPLETE_ALL.run(this.redis, this.settings, queue, arguments)
				.forEach((place) -> left.add(of.get(Integer.parseInt(String.valueOf(place)))));
		});
		return claims.stream().filter(left::contains).toList();
	}

	@Override
	public boolean beginSettling(TaskClaim claim) {
		return done(run(QueueScripts.MINE, claim.queue(), claim.id().toString(), claim.token().toString()));
	}

	@Override
	public Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		Map<String, List<String>> byQueue = new HashMap<>();
		for (TaskClaim claim : claims) {
			List<String> arguments = byQueue.computeIfAbsent(claim.queue(),
					(queue) -> new ArrayList<>(List.of(millis(lease))));
			arguments.add(claim.id().toString());
			arguments.add(claim.token().toString());
		}
		Set<UUID> lost = new HashSet<>();
		byQueue.forEach((queue, arguments) -> QueueScripts.EXTEND.run(this.redis, this.settings, queue, arguments)
			.forEach((id) -> lost.add(UUID.fromString(String.valueOf(id)))));
		return lost;
	}

	@Override
	public boolean cancelled(TaskClaim claim) {
		List<Object> found = run(QueueScripts.FIND, claim.queue(), claim.id().toString());
		return "CANCELLED".equals(RedisTask.of(found).fields().get("state"));
	}

	@Override
	public boolean progress(TaskClaim claim, double fraction, String note) {
		return done(run(QueueScripts.PROGRESS, claim.queue(), claim.id().toString(), claim.token().toString(),
				String.valueOf(fraction), note));
	}

	@Override
	public AutoCloseable onReady(String queue, Runnable wake) {
		return this.wakeups.add(queue, wake);
	}

}
