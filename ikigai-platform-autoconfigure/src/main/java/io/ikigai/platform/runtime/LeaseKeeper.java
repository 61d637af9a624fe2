package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Extends the leases of tasks whose handlers run, from a thread of its own: handlers
 * cannot keep it waiting. A lease is extended when a third of it has passed. Safe for use
 * by several threads.
 */
public final class LeaseKeeper implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(LeaseKeeper.class);

	private static final long LOOK_MILLIS = 200;

	private final TaskStore store;

	private final Map<UUID, Kept> kept = new ConcurrentHashMap<>();

	private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-leases");
		thread.setDaemon(true);
		return thread;
	});

	private boolean failing;

	/**
	 * Creates the keeper and starts its thread.
	 * @param store where the leases live
	 */
	public LeaseKeeper(TaskStore store) {
		this.store = store;
		this.thread.scheduleWithFixedDelay(this::extendWhatIsDue, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
	}

	void keep(TaskClaim claim) {
		this.kept.put(claim.id(), new Kept(claim, System.nanoTime() + claim.lease().dividedBy(3).toNanos()));
	}

	void forget(TaskClaim claim) {
		this.kept.computeIfPresent(claim.id(),
				(id, present) -> present.claim.token().equals(claim.token()) ? null : present);
	}

	private void extendWhatIsDue() {
		long now = System.nanoTime();
		Map<Duration, List<TaskClaim>> due = new HashMap<>();
		this.kept.values().forEach((kept) -> {
			if (kept.extendAt - now <= 0) {
				due.computeIfAbsent(kept.claim.lease(), (lease) -> new ArrayList<>()).add(kept.claim);
			}
		});
		due.forEach(this::extend);
	}

	private void extend(Duration lease, List<TaskClaim> claims) {
		try {
			Set<UUID> lost = this.store.extend(claims, lease);
			long next = System.nanoTime() + lease.dividedBy(3).toNanos();
			for (TaskClaim claim : claims) {
				this.kept.computeIfPresent(claim.id(), (id, present) -> {
					if (!present.claim.token().equals(claim.token())) {
						return present;
					}
					return lost.contains(id) ? null : new Kept(claim, next);
				});
			}
			if (!lost.isEmpty()) {
				logger.debug("Claims that ended while their handlers ran: " + lost);
			}
			if (this.failing) {
				this.failing = false;
				logger.info("Leases are extended again");
			}
		}
		catch (RuntimeException ex) {
			// Tried again at the next look; the tasks are lost only if it fails for the
			// rest of their leases.
			if (!this.failing) {
				this.failing = true;
				logger.warn("Could not extend the leases of " + claims.size() + " tasks; trying again", ex);
			}
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

	private record Kept(TaskClaim claim, long extendAt) {
	}

}
