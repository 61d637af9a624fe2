package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Counts events that were dropped, and tells it: in the log at most twice a minute, and
 * as an event when events are written again.
 */
final class DroppedEvents {

	private static final Log logger = LogFactory.getLog(DroppedEvents.class);

	private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(30);

	private final AtomicLong total = new AtomicLong();

	private final AtomicLong warned = new AtomicLong();

	private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

	/** How many of them the events so far have told. Confined to the flusher. */
	private long told;

	void add(long count, String why) {
		this.total.addAndGet(count);
		long due = this.nextWarning.get();
		long now = System.nanoTime();
		if (now - due >= 0 && this.nextWarning.compareAndSet(due, now + BETWEEN_WARNINGS.toNanos())) {
			warn(why);
		}
	}

	void warn(String why) {
		long all = this.total.get();
		long fresh = all - this.warned.getAndSet(all);
		if (fresh > 0) {
			logger.warn("Dropped %d telemetry events since the last such message, %d in all: %s".formatted(fresh, all,
					why));
		}
	}

	long total() {
		return this.total.get();
	}

	long untold() {
		return this.total.get() - this.told;
	}

	void told(long count) {
		this.told += count;
	}

}
