package io.ikigai.platform.runtime;

import java.time.Duration;

import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.queue.ClaimObserver;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskObserver;
import io.ikigai.platform.queue.TaskStore;

/**
 * What every queue and task of this process works with.
 *
 * @param store where tasks are kept
 * @param inspection what looks at them
 * @param json payloads to JSON and back
 * @param transactions the transactions of the platform's database
 * @param leases what extends the leases of running handlers
 * @param observer told how claims ended
 * @param claims told of claims
 * @param observations who observes what is sent
 * @param lease how long a claim by hand lasts
 * @param pollInterval how often a waiting claim looks though nothing woke it
 */
public record TaskQueueServices(TaskStore store, TaskInspection inspection, PayloadJson json,
		PlatformTransactions transactions, LeaseKeeper leases, TaskObserver observer, ClaimObserver claims,
		Observations observations, Duration lease, Duration pollInterval) {

	private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

	private static final Duration LONGEST_LEASE = Duration.ofDays(1);

	/**
	 * Checks the lease.
	 */
	public TaskQueueServices {
		check(lease);
	}

	Duration checkLease(Duration lease) {
		return check(lease);
	}

	private static Duration check(Duration lease) {
		if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
			throw new IllegalArgumentException("A lease lasts from one second to one day, not " + lease);
		}
		return lease;
	}

}
