package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * When one listener takes work. Whatever wakes it counts; while the count is not zero,
 * one claimer thread takes. So no wake is lost, and an idle listener has no thread. Where
 * there is plenty of short work, a second thread takes beside it, so that the database
 * works for one while the other waits for its disk. And where a taking has had no answer
 * for seconds, others go on beside it: it must not make its listener deaf.
 */
final class Takings {

	private final ListenerThreads threads;

	private final BooleanSupplier take;

	private final BooleanSupplier plenty;

	private final long overdueNanos;

	private final AtomicInteger wakes = new AtomicInteger();

	/** When the taking beside the first one began; 0 without one. */
	private final AtomicLong beside = new AtomicLong();

	/** When the first taking began; 0 without one. */
	private volatile long began;

	private final ClaimPace pace = new ClaimPace();

	private volatile boolean ended;

	/**
	 * Creates the takings.
	 * @param threads where they run
	 * @param take takes what there is room for, and tells whether it got less than it
	 * asked for
	 * @param plenty whether there is room and work for a second taking
	 * @param overdue after what time without an answer others go on beside a taking
	 */
	Takings(ListenerThreads threads, BooleanSupplier take, BooleanSupplier plenty, Duration overdue) {
		this.threads = threads;
		this.take = take;
		this.plenty = plenty;
		this.overdueNanos = overdue.toNanos();
	}

	void wake() {
		if (this.ended) {
			return;
		}
		if (this.wakes.getAndIncrement() == 0) {
			this.threads.claimers().execute(this::pump);
		}
		else {
			long since = this.beside.get();
			boolean wanted = (since == 0) ? overdue(this.began) || this.plenty.getAsBoolean()
					: overdue(since) && overdue(this.began);
			long now = now();
			if (wanted && this.beside.compareAndSet(since, now)) {
				this.threads.claimers().execute(() -> takeBeside(now));
			}
		}
	}

	private static long now() {
		long now = System.nanoTime();
		return (now != 0) ? now : 1;
	}

	private boolean overdue(long since) {
		return since != 0 && System.nanoTime() - since > this.overdueNanos;
	}

	/**
	 * Lets no wake take any more.
	 */
	void end() {
		this.ended = true;
	}

	private void pump() {
		long early = this.pace.waitNanos();
		if (early > 0 && !this.ended) {
			this.threads.timer()
				.schedule(() -> this.threads.claimers().execute(this::pump), early, TimeUnit.NANOSECONDS);
			return;
		}
		int seen = this.wakes.get();
		try {
			this.began = now();
			this.pace.took(this.began, this.take.getAsBoolean());
		}
		finally {
			this.began = 0;
			if (this.wakes.addAndGet(-seen) != 0 && !this.ended) {
				// At the end of the line: a busy listener must not keep the thread
				pumpAgain();
			}
		}
	}

	private void pumpAgain() {
		try {
			this.threads.claimers().execute(this::pump);
		}
		catch (RejectedExecutionException ex) {
			// The shutdown came in between: nothing is taken any more
			this.ended = true;
		}
	}

	private void takeBeside(long began) {
		try {
			int seen;
			do {
				seen = this.wakes.get();
				this.take.getAsBoolean();
			}
			while (!this.ended && overdue(this.began) && this.wakes.get() != seen);
		}
		finally {
			this.beside.compareAndSet(began, 0);
		}
	}

}
