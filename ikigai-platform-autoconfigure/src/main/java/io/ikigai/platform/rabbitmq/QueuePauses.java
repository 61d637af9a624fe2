package io.ikigai.platform.rabbitmq;

import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.queue.TaskTracker;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Which queues are paused, as was known a second ago at most while somebody asks. Safe
 * for use by several threads.
 */
final class QueuePauses {

	private static final Log logger = LogFactory.getLog(QueuePauses.class);

	private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final TaskTracker tracker;

	private volatile Set<String> paused = Set.of();

	private volatile long lookedAt = System.nanoTime() - FRESH_NANOS;

	private boolean failing;

	QueuePauses(TaskTracker tracker) {
		this.tracker = tracker;
	}

	boolean paused(String queue) {
		if (System.nanoTime() - this.lookedAt >= FRESH_NANOS) {
			look(false);
		}
		return this.paused.contains(queue);
	}

	/** Looks now. */
	void refresh() {
		look(true);
	}

	private synchronized void look(boolean now) {
		if (!now && System.nanoTime() - this.lookedAt < FRESH_NANOS) {
			return;
		}
		try {
			this.paused = this.tracker.paused();
			this.failing = false;
		}
		catch (RuntimeException ex) {
			// A pause is no reason to work on nothing while the database is away
			if (!this.failing) {
				this.failing = true;
				logger.warn("Could not find out which queues are paused; going by what was known last", ex);
			}
		}
		this.lookedAt = System.nanoTime();
	}

}
