package io.ikigai.platform.listener;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.listener.ListenerSource.Work;
import org.jspecify.annotations.Nullable;

/**
 * Work that was taken ahead of the workers, so that one claim serves many short calls. No
 * more is taken than the workers begin within 50 ms, by the duration of their last calls;
 * what nobody began within 100 ms is given back.
 */
final class WorkAhead {

	private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final int MOST = 900;

	private final int workers;

	private final Deque<Waiting> line = new ConcurrentLinkedDeque<>();

	private final AtomicInteger size = new AtomicInteger();

	/** The duration of a call, of the last ones most; unknown ones count as long. */
	private double callNanos = LATE_NANOS;

	WorkAhead(int workers) {
		this.workers = workers;
	}

	/**
	 * Notes how long a call took.
	 * @param nanos the duration
	 */
	synchronized void called(long nanos) {
		this.callNanos += (Math.min(nanos, 10 * LATE_NANOS) - this.callNanos) / 16;
	}

	private synchronized int target() {
		int target = (int) Math.min(MOST, this.workers * SOON_NANOS / Math.max(1, this.callNanos));
		// Calls this long do not gain by it
		return (target >= 4 * this.workers) ? target : 0;
	}

	/**
	 * Returns how much may be taken now.
	 * @return how many pieces of work; 0 until half of what fits is begun
	 */
	int room() {
		int target = target();
		int waiting = this.size.get();
		return (waiting <= target / 2) ? target - waiting : 0;
	}

	void add(Work work) {
		this.line.add(new Waiting(work, System.nanoTime()));
		this.size.incrementAndGet();
	}

	@Nullable Work poll() {
		Waiting first = this.line.poll();
		return (first != null) ? taken(first) : null;
	}

	/**
	 * Takes out the first that should have begun by now; then less is taken ahead.
	 * @return a piece of work, or {@code null} if none is late
	 */
	@Nullable Work pollLate() {
		Waiting first = this.line.peek();
		if (first == null || System.nanoTime() - first.since < LATE_NANOS || !this.line.remove(first)) {
			return null;
		}
		synchronized (this) {
			this.callNanos = LATE_NANOS;
		}
		return taken(first);
	}

	private Work taken(Waiting waiting) {
		this.size.decrementAndGet();
		return waiting.work;
	}

	boolean isEmpty() {
		return this.line.isEmpty();
	}

	// Not a record: each is equal to itself only.
	private static final class Waiting {

		private final Work work;

		private final long since;

		private Waiting(Work work, long since) {
			this.work = work;
			this.since = since;
		}

	}

}
