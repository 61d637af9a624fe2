package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskTracker;
import io.ikigai.platform.queue.WorkerDeaths;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The tasks that this process has claimed: ends their claims, also when the lease is
 * over. A message goes only after what follows it is there, so that a crash in between
 * leaves two messages of a task and never none. Safe for use by several threads.
 */
final class HeldTasks implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(HeldTasks.class);

	private static final long LOOK_MILLIS = 200;

	private final TaskPublisher publisher;

	private final TaskTracker tracker;

	private final int maxDeaths;

	private final Map<UUID, HeldTask> byToken = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-rabbitmq-leases");
		thread.setDaemon(true);
		return thread;
	});

	private boolean failing;

	HeldTasks(TaskPublisher publisher, TaskTracker tracker, int maxDeaths) {
		this.publisher = publisher;
		this.tracker = tracker;
		this.maxDeaths = maxDeaths;
		this.timer.scheduleWithFixedDelay(this::endLeases, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
	}

	TaskClaim add(TaskClaim claim, TaskMessage message, Arrived arrived) {
		this.byToken.put(claim.token(), new HeldTask(claim, message, arrived));
		return claim;
	}

	/**
	 * Asks whether a message of a lane is claimed: closing its channel would end the
	 * claim.
	 */
	boolean hasOf(QueueLane lane) {
		return this.byToken.values().stream().anyMatch((task) -> task.arrived().lane() == lane);
	}

	long count(String queue) {
		return this.byToken.values()
			.stream()
			.filter((task) -> task.held() && task.claim().queue().equals(queue))
			.count();
	}

	/**
	 * Tells whether this process holds the claim; somebody may have cancelled the task.
	 */
	boolean alive(TaskClaim claim) {
		HeldTask task = this.byToken.get(claim.token());
		return task != null && task.held();
	}

	boolean holds(TaskClaim claim) {
		return alive(claim) && (claim.receipt() == null || this.tracker.claimed(claim.id(), claim.token()));
	}

	Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		Set<UUID> lost = new HashSet<>();
		List<TaskClaim> tracked = new ArrayList<>();
		for (TaskClaim claim : claims) {
			HeldTask task = this.byToken.get(claim.token());
			if (task == null || !task.extend(lease)) {
				lost.add(claim.id());
			}
			else if (task.message().tracked()) {
				tracked.add(claim);
			}
		}
		if (!tracked.isEmpty()) {
			Set<UUID> extended = this.tracker.extend(tracked, lease);
			tracked.stream()
				.filter((claim) -> !extended.contains(claim.token()))
				.forEach((claim) -> lost.add(claim.id()));
		}
		return lost;
	}

	boolean settle(TaskClaim claim, TaskOutcome outcome) {
		HeldTask task = this.byToken.get(claim.token());
		if (task == null || !task.take()) {
			return false;
		}
		boolean settled;
		try {
			settled = task.message().tracked() ? settleTracked(task, outcome) : settlePlain(task, outcome);
		}
		catch (RuntimeException | Error ex) {
			task.restore();
			throw ex;
		}
		this.byToken.remove(claim.token());
		return settled;
	}

	private boolean settlePlain(HeldTask task, TaskOutcome outcome) {
		TaskMessage message = task.message();
		if (outcome instanceof TaskOutcome.Retried retried) {
			long delay = TaskMessage.millis(retried.delay());
			this.publisher.send(message.retried(delay, retried.error()), delay);
		}
		else if (outcome instanceof TaskOutcome.Released) {
			this.publisher.send(message.again(), 0);
		}
		else {
			if (outcome instanceof TaskOutcome.Failed failed) {
				this.publisher.sendToFailed(message.failed(failed.error()));
			}
			free(message);
			return task.arrived().remove() || outcome instanceof TaskOutcome.Failed;
		}
		task.arrived().remove();
		return true;
	}

	private void free(TaskMessage message) {
		if (message.keyed()) {
			this.tracker.free(List.of(message.id()));
		}
	}

	// The row counts: what the broker is not told of any more is found out when it hands
	// the task out again.
	private boolean settleTracked(HeldTask task, TaskOutcome outcome) {
		TaskMessage message = task.message();
		TaskClaim claim = task.claim();
		boolean back = outcome instanceof TaskOutcome.Released
				|| outcome instanceof TaskOutcome.Retried retried && retried.delay().isZero();
		if (back) {
			boolean[] settled = new boolean[1];
			task.arrived().lane().exclusively(() -> {
				settled[0] = this.tracker.settle(claim.id(), claim.token(), outcome);
				putBackOrRemove(task, settled[0]);
			});
			return settled[0];
		}
		boolean settled = this.tracker.settle(claim.id(), claim.token(), outcome);
		if (settled && outcome instanceof TaskOutcome.Retried retried) {
			sendLater(message, task.arrived(), retried.delay());
			return true;
		}
		if (settled) {
			free(message);
		}
		task.arrived().remove();
		return settled;
	}

	/**
	 * Has the message of an unclaimed tracked task arrive again later.
	 */
	void sendLater(TaskMessage message, Arrived arrived, Duration pause) {
		try {
			this.publisher.send(message.again(), TaskMessage.millis(pause));
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Task " + message.id() + " of queue '" + message.queue() + "' is tried again at once", ex);
			arrived.putBack();
			return;
		}
		arrived.remove();
	}

	private static void putBackOrRemove(HeldTask task, boolean back) {
		if (back) {
			task.arrived().putBack();
		}
		else {
			task.arrived().remove();
		}
	}

	List<CompletedClaim> completeAll(List<CompletedClaim> claims) {
		Set<CompletedClaim> done = new HashSet<>();
		List<CompletedClaim> tracked = new ArrayList<>();
		for (CompletedClaim each : claims) {
			HeldTask task = this.byToken.get(each.claim().token());
			if (task != null && task.message().tracked()) {
				if (task.take()) {
					tracked.add(each);
				}
			}
			else {
				try {
					if (settle(each.claim(), each.outcome())) {
						done.add(each);
					}
				}
				catch (RuntimeException | Error ex) {
					tracked.forEach((taken) -> restore(taken.claim()));
					throw ex;
				}
			}
		}
		if (!tracked.isEmpty()) {
			done.addAll(completeTracked(tracked));
		}
		return claims.stream().filter((each) -> !done.contains(each)).toList();
	}

	private List<CompletedClaim> completeTracked(List<CompletedClaim> claims) {
		Set<UUID> completed;
		try {
			completed = this.tracker.completeAll(claims);
		}
		catch (RuntimeException | Error ex) {
			claims.forEach((each) -> restore(each.claim()));
			throw ex;
		}
		List<CompletedClaim> done = claims.stream().filter((each) -> completed.contains(each.claim().token())).toList();
		List<UUID> keyed = new ArrayList<>();
		for (CompletedClaim each : claims) {
			HeldTask task = this.byToken.remove(each.claim().token());
			if (task != null) {
				if (task.message().keyed() && completed.contains(each.claim().token())) {
					keyed.add(each.claim().id());
				}
				task.arrived().remove();
			}
		}
		if (!keyed.isEmpty()) {
			this.tracker.free(keyed);
		}
		return done;
	}

	private void restore(TaskClaim claim) {
		HeldTask task = this.byToken.get(claim.token());
		if (task != null) {
			task.restore();
		}
	}

	/**
	 * Sends a task on that has to wait longer than the ladder of delays is.
	 * @return whether it had to
	 */
	boolean tooEarly(Arrived arrived) {
		TaskMessage message = arrived.message();
		long wait = Math.min(message.left(), (message.scheduled() - TaskMessage.micros(Instant.now())) / 1000);
		if (message.left() <= 0 || wait <= 0) {
			return false;
		}
		this.publisher.send(message, wait);
		arrived.remove();
		return true;
	}

	/**
	 * Ends a claim of an untracked task whose worker is gone.
	 */
	void died(TaskMessage message, Arrived arrived) {
		TaskMessage died = message.died();
		if (died.deaths() >= this.maxDeaths) {
			this.publisher.sendToFailed(died);
			free(message);
		}
		else {
			this.publisher.send(died, WorkerDeaths.pauseAfter(died.deaths()).toMillis());
		}
		arrived.remove();
	}

	/**
	 * Gives back what arrived and nobody claimed.
	 */
	void giveBack(Arrived arrived) {
		try {
			TaskMessage message = arrived.message();
			if (message.tracked()) {
				arrived.putBack();
			}
			else if (arrived.envelope().isRedeliver()) {
				died(message, arrived);
			}
			else if (arrived.channel().isOpen()) {
				this.publisher.send(message.again().withLeft(message.left()), 0);
				arrived.remove();
			}
		}
		catch (RuntimeException | Error ex) {
			arrived.putBack();
		}
	}

	private void endLeases() {
		for (HeldTask task : this.byToken.values()) {
			if (task.gone()) {
				// The broker has given it to somebody else
				this.byToken.remove(task.claim().token());
			}
			else if (task.takeExpired()) {
				endLease(task);
			}
		}
	}

	private void endLease(HeldTask task) {
		try {
			if (task.message().tracked()) {
				endTracked(task);
			}
			else {
				died(task.message(), task.arrived());
			}
			this.byToken.remove(task.claim().token());
			this.failing = false;
		}
		catch (RuntimeException | Error ex) {
			// Its lease stays over
			task.restore();
			if (!this.failing) {
				this.failing = true;
				logger.warn("Could not give back tasks whose lease has ended; trying again", ex);
			}
		}
	}

	private void endTracked(HeldTask task) {
		Duration[] pause = { Duration.ZERO };
		task.arrived().lane().exclusively(() -> {
			Duration rest = this.tracker.lost(task.claim().id(), task.claim().token());
			if (rest == null || rest.isZero()) {
				putBackOrRemove(task, rest != null);
			}
			else {
				pause[0] = rest;
			}
		});
		if (!pause[0].isZero()) {
			sendLater(task.message(), task.arrived(), pause[0]);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
