package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.queue.TaskClaim;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Claims tasks and fails those that cannot be read, each with its reason, so that only
 * the others are handed out. Another program may have written anything to a queue.
 */
final class ReadableClaims {

	private static final Log logger = LogFactory.getLog(ReadableClaims.class);

	/** After how many tasks a call ends, though none of them can be read. */
	private static final int MOST_CLAIMED = 10_000;

	/** How many characters of payloads are enough for a call that found bad ones, too. */
	private static final long LARGE = 16 * 1024 * 1024;

	private final TaskQueueServices services;

	ReadableClaims(TaskQueueServices services) {
		this.services = services;
	}

	List<TaskClaim> claim(String queue, int max, Duration lease) {
		boolean transactional = this.services.transactions().active();
		List<TaskClaim> readable = new ArrayList<>();
		int claimed = 0;
		boolean more = true;
		while (more && readable.size() < max && claimed < MOST_CLAIMED && size(readable) < LARGE) {
			List<TaskClaim> next = next(queue, max, lease, transactional, readable);
			claimed += next.size();
			// What is behind a task that cannot be read is as ready as that was
			more = next.stream().filter((claim) -> claim.flaw() != null).mapToInt(this::fail).sum() > 0;
			next.stream().filter((claim) -> claim.flaw() == null).forEach(readable::add);
		}
		if (claimed > 0) {
			this.services.claims().claimed(queue, claimed);
		}
		return readable;
	}

	private static long size(List<TaskClaim> claims) {
		return claims.stream().mapToLong((claim) -> claim.json().length()).sum();
	}

	// Readable tasks that are claimed already must not be lost to a later failure
	private List<TaskClaim> next(String queue, int max, Duration lease, boolean transactional,
			List<TaskClaim> readable) {
		try {
			return this.services.store().claim(queue, max - readable.size(), lease, transactional);
		}
		catch (RuntimeException ex) {
			if (readable.isEmpty() || transactional) {
				throw ex;
			}
			logger.debug("No more tasks of queue '" + queue + "' for now", ex);
			return List.of();
		}
	}

	private int fail(TaskClaim claim) {
		String reason = String.valueOf(claim.flaw());
		try {
			new ClaimedTask(claim, this.services).fail(reason);
			logger.warn("Task " + claim.id() + " of queue '" + claim.queue() + "' has failed, for it cannot be read. "
					+ reason);
			return 1;
		}
		catch (RuntimeException ex) {
			if (claim.transactional()) {
				throw ex;
			}
			logger.warn("Task " + claim.id() + " of queue '" + claim.queue() + "' cannot be read and could not be "
					+ "failed; it is tried again when its lease has ended. " + reason, ex);
			return 0;
		}
	}

}
