package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Extends leases, each when a third of it has passed, from a thread of its own: handlers
 * cannot keep it waiting. Safe for use by several threads.
 *
 * @param <T> what is held by a lease, known by its identity
 */
final class Leases<T> implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(Leases.class);

	private static final long LOOK_MILLIS = 200;

	private final String what;

	private final Extension<T> extension;

	private final Map<T, Due> kept = Collections.synchronizedMap(new IdentityHashMap<>());

	private final ScheduledExecutorService thread;

	private boolean failing;

	/**
	 * Starts the thread.
	 * @param name the thread's name
	 * @param what what is held, for the log
	 * @param extension what extends
	 */
	Leases(String name, String what, Extension<T> extension) {
		this.what = what;
		this.extension = extension;
		this.thread = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		});
		this.thread.scheduleWithFixedDelay(this::extendWhatIsDue, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
	}

	void keep(T held, Duration lease) {
		this.kept.put(held, Due.of(lease));
	}

	void forget(T held) {
		this.kept.remove(held);
	}

	private void extendWhatIsDue() {
		long now = System.nanoTime();
		Map<Duration, List<T>> due = new HashMap<>();
		synchronized (this.kept) {
			this.kept.forEach((held, next) -> {
				if (next.at - now <= 0) {
					due.computeIfAbsent(next.lease, (lease) -> new ArrayList<>()).add(held);
				}
			});
		}
		due.forEach(this::extend);
	}

	private void extend(Duration lease, List<T> due) {
		try {
			Collection<T> lost = this.extension.extend(due, lease);
			Due next = Due.of(lease);
			due.forEach((held) -> this.kept.computeIfPresent(held, (same, present) -> next));
			lost.forEach(this.kept::remove);
			if (this.failing) {
				this.failing = false;
				logger.info("Leases of " + this.what + " are extended again");
			}
		}
		catch (RuntimeException ex) {
			// Tried again at the next look; they are lost only if it fails for the rest
			// of their leases.
			if (!this.failing) {
				this.failing = true;
				logger.warn("Could not extend the leases of " + due.size() + " " + this.what + "; trying again", ex);
			}
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

	/**
	 * Extends leases.
	 *
	 * @param <T> what is held by a lease
	 */
	@FunctionalInterface
	interface Extension<T> {

		/**
		 * Extends leases.
		 * @param due what is held
		 * @param lease how long from now
		 * @return what is not held any more
		 */
		Collection<T> extend(List<T> due, Duration lease);

	}

	private record Due(Duration lease, long at) {

		static Due of(Duration lease) {
			return new Due(lease, System.nanoTime() + lease.dividedBy(3).toNanos());
		}

	}

}
