package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.queue.ClaimObserver;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Extends the leases of tasks whose handlers run. Safe for use by several threads.
 */
public final class LeaseKeeper implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(LeaseKeeper.class);

	private final TaskStore store;

	private final ClaimObserver observer;

	private final Leases<TaskClaim> leases;

	/**
	 * Creates the keeper and starts its thread.
	 * @param store where the leases live
	 * @param observer told of claims that were lost
	 */
	public LeaseKeeper(TaskStore store, ClaimObserver observer) {
		this.observer = observer;
		this.store = store;
		this.leases = new Leases<>("ikigai-leases", "tasks", this::extend, LeaseKeeper::overdue);
	}

	void keep(TaskClaim claim) {
		this.leases.keep(claim, claim.lease());
	}

	void forget(TaskClaim claim) {
		this.leases.forget(claim);
	}

	/**
	 * Notes that a task is about to be settled.
	 */
	void settling(TaskClaim claim) {
		this.leases.settling(claim);
	}

	/**
	 * Notes that the transaction that settled a task was rolled back.
	 */
	void notSettled(TaskClaim claim) {
		this.leases.notSettled(claim);
	}

	private static void overdue(TaskClaim claim) {
		logger.warn("Task %s of queue '%s' could not be settled within its lease of %s: the backend does not answer or"
			.formatted(claim.id(), claim.queue(), claim.lease())
				+ " refuses. The lease is not extended any more; another worker gets the task when it has ended");
	}

	private List<TaskClaim> extend(List<TaskClaim> claims, Duration lease) {
		Set<UUID> lost = this.store.extend(claims, lease);
		if (!lost.isEmpty()) {
			logger.debug("Claims that ended while their handlers ran: " + lost);
		}
		List<TaskClaim> ended = claims.stream().filter((claim) -> lost.contains(claim.id())).toList();
		ended.forEach((claim) -> this.observer.lost(claim.queue()));
		return ended;
	}

	@Override
	public void close() {
		this.leases.close();
	}

}
