package io.ikigai.platform.listener;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.listener.ListenerSource.Work;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Work that was taken ahead of the workers, so that one claim serves many short calls. No
 * more is taken than the workers begin within 50 ms, by the duration of their last calls;
 * what nobody began within 100 ms is given back.
 */
final class WorkAhead {

	private static final Log logger = LogFactory.getLog(WorkAhead.class);

	private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final int MOST = 2000;

	/** What one taking gets. */
	private static final int MANY = 512;

	private final int workers;

	private final Deque<Waiting> line = new ConcurrentLinkedDeque<>();

	/** What waits, and what is being taken. */
	private final AtomicInteger size = new AtomicInteger();

	/**
	 * The duration of a call, of the last ones most; unknown ones count as long. Of two
	 * workers that note theirs at the same moment one is enough.
	 */
	private volatile double callNanos = LATE_NANOS;

	WorkAhead(int workers) {
		this.workers = workers;
	}

	/**
	 * Notes how long a call took.
	 * @param nanos the duration
	 */
	void called(long nanos) {
		double last = this.callNanos;
		this.callNanos = last + (Math.min(nanos, 10 * LATE_NANOS) - last) / 16;
	}

	private int target() {
		int target = (int) Math.min(MOST, this.workers * SOON_NANOS / Math.max(1, this.callNanos));
		// Calls this long do not gain by it
		return (target >= 4 * this.workers) ? target : 0;
	}

	/**
	 * Tells whether more may be taken now: when half of what fits is begun.
	 * @return whether there is room
	 */
	boolean hasRoom() {
		return this.size.get() <= target() / 2;
	}

	/**
	 * Tells whether as much may be taken as one taking gets, beside those under way.
	 * @return whether there is so much room
	 */
	boolean wantsMany() {
		int target = target();
		int size = this.size.get();
		return size <= target / 2 && target - size >= MANY;
	}

	/**
	 * Makes room for a taking; until it has arrived, others count it.
	 * @return how many pieces of work
	 */
	int reserve() {
		int target = target();
		int size = this.size.get();
		int room = (size <= target / 2) ? Math.min(MANY, target - size) : 0;
		this.size.addAndGet(room);
		return room;
	}

	/**
	 * Ends a taking, whatever it brought has been added.
	 * @param reserved what was reserved for it
	 */
	void arrived(int reserved) {
		this.size.addAndGet(-reserved);
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
	 * Gives back all that waits.
	 */
	void giveBackAll() {
		for (Work work = poll(); work != null; work = poll()) {
			giveBack(work);
		}
	}

	/**
	 * Gives back what should have begun by now; then less is taken ahead.
	 */
	void giveBackLate() {
		for (Work work = pollLate(); work != null; work = pollLate()) {
			giveBack(work);
		}
	}

	// What fails must not keep the others
	private static void giveBack(Work work) {
		try {
			work.giveBack();
		}
		catch (RuntimeException | Error ex) {
			logger.error("Work that was claimed ahead could not be given back; it comes again when its lease ends", ex);
		}
	}

	private @Nullable Work pollLate() {
		Waiting first = this.line.peek();
		if (first == null || System.nanoTime() - first.since < LATE_NANOS || !this.line.remove(first)) {
			return null;
		}
		this.callNanos = LATE_NANOS;
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
