package io.ikigai.platform.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import io.ikigai.platform.KnownNames;
import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.queue.TaskTracker;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpException;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Task queues on RabbitMQ: enqueueing and claiming. What is known of a task is in its
 * message, or, if it is tracked, with the tracker.
 */
final class RabbitmqTaskStore implements TaskStore, PayloadLimit {

	/** RabbitMQ 4 takes messages of 16 MiB. */
	private static final long MOST_BYTES = 16 * 1024 * 1024;

	private final RabbitmqSettings settings;

	private final TaskTracker tracker;

	private final TaskPublisher publisher;

	private final QueueLanes lanes;

	private final HeldTasks held;

	private final KnownNames remembered = new KnownNames();

	RabbitmqTaskStore(RabbitmqSettings settings, TaskTracker tracker, TaskPublisher publisher, QueueLanes lanes,
			HeldTasks held) {
		this.settings = settings;
		this.tracker = tracker;
		this.publisher = publisher;
		this.lanes = lanes;
		this.held = held;
	}

	@Override
	public long maxPayloadBytes() {
		return MOST_BYTES;
	}

	// As the other backends tell it: who settles tries again for as long as the claim
	// holds.
	private static <T> T reaching(Supplier<T> call) {
		try {
			return call.get();
		}
		catch (AmqpException ex) {
			throw new DataAccessResourceFailureException("RabbitMQ: " + ex.getMessage(), ex);
		}
	}

	@Override
	public List<UUID> add(String queue, List<NewTask> tasks) {
		return reaching(() -> addAll(queue, tasks));
	}

	private List<UUID> addAll(String queue, List<NewTask> tasks) {
		if (tasks.isEmpty()) {
			return List.of();
		}
		tasks.forEach((task) -> TaskMessage.check(task.options()));
		if (!this.remembered.contains(queue)) {
			this.tracker.remember(queue);
			this.remembered.add(queue);
		}
		NewTask first = tasks.get(0);
		String key = first.options().uniqueKey();
		if (key != null) {
			TaskTracker.KeyHolder holder = this.tracker.reserve(queue, key, first.id());
			if (!holder.id().equals(first.id()) || holder.sent()) {
				return List.of(holder.id());
			}
		}
		boolean tracked = this.settings.tracked().test(queue);
		Set<UUID> toSend = tracked ? this.tracker.add(queue, tasks) : Set.of();
		try {
			this.publisher.send(queue, tasks.stream()
				.filter((task) -> !tracked || toSend.contains(task.id()))
				.map((task) -> TaskPublisher.of(TaskMessage.of(queue, task, tracked), delayMillis(task.options())))
				.toList());
		}
		catch (RuntimeException ex) {
			forget(tasks, tracked, key != null, ex);
			throw ex;
		}
		if (key != null) {
			this.tracker.sent(first.id());
		}
		return tasks.stream().map(NewTask::id).toList();
	}

	private void forget(List<NewTask> tasks, boolean tracked, boolean keyed, RuntimeException why) {
		List<UUID> ids = tasks.stream().map(NewTask::id).toList();
		try {
			if (tracked) {
				this.tracker.withdraw(ids);
			}
			if (keyed) {
				this.tracker.free(ids);
			}
		}
		catch (RuntimeException ex) {
			why.addSuppressed(ex);
		}
	}

	static long delayMillis(TaskOptions options) {
		Instant at = options.scheduledFor();
		if (at != null) {
			return Math.max(0, (TaskMessage.micros(at) - TaskMessage.micros(Instant.now()) + 999) / 1000);
		}
		return (options.delay() != null) ? TaskMessage.millis(options.delay()) : 0;
	}

	@Override
	public List<TaskClaim> claim(String queue, int max, Duration lease, boolean transactional) {
		return reaching(() -> claim(queue, max, lease));
	}

	private List<TaskClaim> claim(String queue, int max, Duration lease) {
		return this.lanes.with(queue, (lane) -> claim(lane, queue, max, lease));
	}

	private List<TaskClaim> claim(QueueLane lane, String queue, int max, Duration lease) {
		List<TaskClaim> claims = List.of();
		while (claims.isEmpty() && this.lanes.open(queue)) {
			List<Arrived> arrived = lane.fetch(max);
			if (arrived.isEmpty()) {
				break;
			}
			claims = claims(queue, arrived, lease);
		}
		return claims;
	}

	// What waits is in the queues of the ladder of delays, each of which gives its
	// messages
	// in its own order only.
	@Override
	public List<TaskClaim> claimScheduled(String queue, int max, Duration lease) {
		throw new UnsupportedByBackendException("Claiming tasks of queue '" + queue + "' before their time", "rabbitmq",
				"They can be claimed when they are due.");
	}

	// Whatever fails, nobody may keep what nobody works on
	private List<Arrived> due(List<Arrived> all) {
		List<Arrived> due = new ArrayList<>();
		for (int i = 0; i < all.size(); i++) {
			try {
				if (!this.held.tooEarly(all.get(i))) {
					due.add(all.get(i));
				}
			}
			catch (RuntimeException ex) {
				due.forEach(Arrived::putBack);
				all.subList(i, all.size()).forEach(Arrived::putBack);
				throw ex;
			}
		}
		return due;
	}

	private List<TaskClaim> claims(String queue, List<Arrived> all, Duration lease) {
		List<Arrived> arrived = due(all);
		List<TaskMessage> messages = arrived.stream().map(Arrived::message).toList();
		List<TaskTracker.Arrival> arrivals = new ArrayList<>();
		for (int i = 0; i < messages.size(); i++) {
			UUID ticket = messages.get(i).ticket();
			if (ticket != null) {
				arrivals.add(
						new TaskTracker.Arrival(messages.get(i).id(), ticket, arrived.get(i).envelope().isRedeliver()));
			}
		}
		List<TaskClaim> claims = new ArrayList<>();
		int next = 0;
		try {
			Map<UUID, TaskTracker.Tracked> tracked = arrivals.isEmpty() ? Map.of()
					: this.tracker.claim(queue, arrivals, lease);
			while (next < arrived.size()) {
				TaskClaim claim = claim(messages.get(next), arrived.get(next), tracked, lease);
				if (claim != null) {
					claims.add(claim);
				}
				next++;
			}
			return claims;
		}
		catch (RuntimeException ex) {
			arrived.subList(next, arrived.size()).forEach(Arrived::putBack);
			claims.forEach((claim) -> this.held.settle(claim, new TaskOutcome.Released()));
			throw ex;
		}
	}

	private @Nullable TaskClaim claim(TaskMessage message, Arrived arrived, Map<UUID, TaskTracker.Tracked> tracked,
			Duration lease) {
		UUID ticket = message.ticket();
		if (ticket == null) {
			if (arrived.envelope().isRedeliver()) {
				this.held.died(message, arrived);
				return null;
			}
			Instant now = Instant.now();
			return this.held.add(new TaskClaim(message.id(), UUID.randomUUID(), message.queue(), json(message),
					message.priority(), message.attempt() + 1, message.deaths(), message.maxAttempts(), message.key(),
					message.headers(), TaskMessage.instant(message.created()), TaskMessage.instant(message.scheduled()),
					now, this.settings.agentName(), lease, false, null, message.flaw()), message, arrived);
		}
		TaskTracker.Tracked known = tracked.get(ticket);
		if (known == null) {
			// Cancelled, or another message of the same task counts
			arrived.remove();
			return null;
		}
		if (!known.pause().isZero()) {
			this.held.sendLater(message, arrived, known.pause());
			return null;
		}
		return this.held.add(new TaskClaim(message.id(), known.token(), message.queue(), json(message),
				message.priority(), known.attempt(), known.deaths(), message.maxAttempts(), message.key(),
				message.headers(), known.createdAt(), known.scheduledFor(), known.claimedAt(),
				this.settings.agentName(), lease, false, ticket.toString(), message.flaw()), message, arrived);
	}

	private static String json(TaskMessage message) {
		return new String(message.body(), StandardCharsets.UTF_8);
	}

	@Override
	public boolean settle(TaskClaim claim, TaskOutcome outcome) {
		return reaching(() -> this.held.settle(claim, outcome));
	}

	@Override
	public List<CompletedClaim> completeAll(List<CompletedClaim> claims) {
		return reaching(() -> this.held.completeAll(claims));
	}

	@Override
	public boolean beginSettling(TaskClaim claim) {
		return this.held.holds(claim);
	}

	@Override
	public Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		return this.held.extend(claims, lease);
	}

	@Override
	public boolean cancelled(TaskClaim claim) {
		return claim.receipt() != null && this.tracker.cancelled(claim.id());
	}

	@Override
	public boolean progress(TaskClaim claim, double fraction, String note) {
		if (claim.receipt() == null) {
			throw RabbitmqTaskInspection.untracked("The progress of a task", claim.queue());
		}
		return this.held.alive(claim) && this.tracker.progress(claim.id(), claim.token(), fraction, note);
	}

	@Override
	public AutoCloseable onReady(String queue, Runnable wake) {
		return this.lanes.with(queue, (lane) -> lane.add(wake));
	}

}
