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
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Extends leases, each when a third of it has passed, from a thread of its own: handlers
 * cannot keep it waiting. What is being settled is extended for one more lease: a write
 * that has not answered by then hangs on a dead connection or is refused, and extended on
 * and on over this thread's own connection, no other worker would ever get it. Safe for
 * use by several threads.
 *
 * @param <T> what is held by a lease, known by its identity
 */
final class Leases<T> implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(Leases.class);

	private static final long LOOK_MILLIS = 200;

	private final String what;

	private final Extension<T> extension;

	private final Consumer<T> overdue;

	private final Map<T, Due> kept = Collections.synchronizedMap(new IdentityHashMap<>());

	private final ScheduledExecutorService thread;

	private boolean failing;

	/**
	 * Starts the thread.
	 * @param name the thread's name
	 * @param what what is held, for the log
	 * @param extension what extends
	 * @param overdue gets what was not settled within a lease and is not kept any more
	 */
	Leases(String name, String what, Extension<T> extension, Consumer<T> overdue) {
		this.what = what;
		this.extension = extension;
		this.overdue = overdue;
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

	/**
	 * Notes that something is about to be settled. From the first time on it is kept for
	 * one more lease, unless {@link #notSettled} takes that back.
	 */
	void settling(T held) {
		this.kept.computeIfPresent(held, (same, due) -> due.settling());
	}

	/**
	 * Notes that what was settled is not: its transaction was rolled back.
	 */
	void notSettled(T held) {
		this.kept.computeIfPresent(held, (same, due) -> due.notSettled());
	}

	private void extendWhatIsDue() {
		try {
			long now = System.nanoTime();
			Map<Duration, List<T>> due = new HashMap<>();
			List<T> late = new ArrayList<>();
			synchronized (this.kept) {
				this.kept.forEach((held, next) -> {
					if (next.late(now)) {
						late.add(held);
					}
					else if (next.at - now <= 0) {
						due.computeIfAbsent(next.lease, (lease) -> new ArrayList<>()).add(held);
					}
				});
				late.forEach(this.kept::remove);
			}
			late.forEach(this.overdue);
			due.forEach(this::extend);
		}
		catch (RuntimeException | Error ex) {
			// The thread goes on: without it every lease of this process would end
			logger.error("Could not look at the leases of " + this.what + "; looking again", ex);
		}
	}

	private void extend(Duration lease, List<T> due) {
		try {
			Collection<T> lost = this.extension.extend(due, lease);
			due.forEach((held) -> this.kept.computeIfPresent(held, (same, present) -> present.extended()));
			lost.forEach(this.kept::remove);
			if (this.failing) {
				this.failing = false;
				logger.info("Leases of " + this.what + " are extended again");
			}
		}
		catch (RuntimeException | Error ex) {
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

	/**
	 * When a lease is to be extended.
	 *
	 * @param lease its length
	 * @param at when, as {@link System#nanoTime()} tells
	 * @param settledBy until when it is extended at all; {@code null} if it is not being
	 * settled
	 */
	private record Due(Duration lease, long at, @Nullable Long settledBy) {

		static Due of(Duration lease) {
			return new Due(lease, System.nanoTime() + lease.dividedBy(3).toNanos(), null);
		}

		Due extended() {
			return new Due(this.lease, of(this.lease).at, this.settledBy);
		}

		Due settling() {
			return (this.settledBy != null) ? this
					: new Due(this.lease, this.at, System.nanoTime() + this.lease.toNanos());
		}

		Due notSettled() {
			return new Due(this.lease, this.at, null);
		}

		boolean late(long now) {
			return this.settledBy != null && this.settledBy - now <= 0;
		}

	}

}
