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

import io.ikigai.platform.KnownNames;
import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Task queues in Redis: enqueueing, claiming, settling. Many tasks go in several calls,
 * each all or none, for Redis does nothing else meanwhile. Tasks that are there already
 * are not stored again.
 */
final class RedisTaskStore implements TaskStore {

	private static final Log logger = LogFactory.getLog(RedisTaskStore.class);

	/** The names of the queues, in a slot of their own. */
	static final String QUEUES = "ikigai:queues";

	private static final Instant LATEST = Instant.ofEpochMilli(9_000_000_000_000_000L / 2);

	private final StringRedisTemplate redis;

	private final RedisSettings settings;

	private final QueueWakeups wakeups;

	private final KnownNames known = new KnownNames();

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
		BoundedCalls.forEach(tasks, RedisTaskStore::size, (some) -> {
			List<String> arguments = new ArrayList<>();
			some.forEach((task) -> add(arguments, task));
			QueueScripts.ADD.run(this.redis, this.settings, queue, arguments)
				.forEach((id) -> ids.add(UUID.fromString(String.valueOf(id))));
		});
		return ids;
	}

	private static long size(NewTask task) {
		long size = task.json().length();
		for (Map.Entry<String, String> header : task.options().headers().entrySet()) {
			size += header.getKey().length() + header.getValue().length();
		}
		return size;
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
		List<TaskClaim> claims = new ArrayList<>();
		int claimed;
		long bytes;
		do {
			UUID token = UUID.randomUUID();
			int asked = Math.min(max - claims.size(), BoundedCalls.ROWS);
			List<Object> found;
			try {
				found = run(QueueScripts.CLAIM, queue, String.valueOf(asked), token.toString(), millis(lease), from,
						String.valueOf(BoundedCalls.BYTES));
			}
			catch (RuntimeException ex) {
				if (claims.isEmpty()) {
					throw ex;
				}
				// What is claimed must reach the caller, whose next call meets the error
				logger.debug("Claiming more tasks of queue '" + queue + "' failed", ex);
				return claims;
			}
			bytes = Long.parseLong(String.valueOf(found.get(0)));
			claimed = found.size() - 1;
			found.stream()
				.skip(1)
				.map(RedisTask::of)
				.filter(RedisTask::identified)
				.forEach((task) -> claims.add(task.claim(queue, token, this.settings.agentName(), lease)));
			// The last call ended where it had to, and not where nothing was left
		}
		while (claims.size() < max && claimed > 0 && (claimed == BoundedCalls.ROWS || bytes >= BoundedCalls.BYTES));
		return claims;
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
		byQueue.forEach((queue, of) -> BoundedCalls.forEach(of, (each) -> orNothing(each.outcome().result()).length(),
				(some) -> {
					List<String> arguments = new ArrayList<>(some.size() * 3);
					for (CompletedClaim each : some) {
						arguments.add(each.claim().id().toString());
						arguments.add(each.claim().token().toString());
						arguments.add(orNothing(each.outcome().result()));
					}
					QueueScripts.COMPLETE_ALL.run(this.redis, this.settings, queue, arguments)
						.forEach((place) -> left.add(some.get(Integer.parseInt(String.valueOf(place)))));
				}));
		return claims.stream().filter(left::contains).toList();
	}

	@Override
	public boolean beginSettling(TaskClaim claim) {
		return done(run(QueueScripts.MINE, claim.queue(), claim.id().toString(), claim.token().toString()));
	}

	@Override
	public Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		Map<String, List<TaskClaim>> byQueue = new HashMap<>();
		claims.forEach((claim) -> byQueue.computeIfAbsent(claim.queue(), (queue) -> new ArrayList<>()).add(claim));
		Set<UUID> lost = new HashSet<>();
		byQueue.forEach((queue, of) -> BoundedCalls.forEach(of, (claim) -> 0, (some) -> {
			List<String> arguments = new ArrayList<>(List.of(millis(lease)));
			for (TaskClaim claim : some) {
				arguments.add(claim.id().toString());
				arguments.add(claim.token().toString());
			}
			QueueScripts.EXTEND.run(this.redis, this.settings, queue, arguments)
				.forEach((id) -> lost.add(UUID.fromString(String.valueOf(id))));
		}));
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
