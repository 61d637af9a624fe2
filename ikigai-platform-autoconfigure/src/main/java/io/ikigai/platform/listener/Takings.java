package io.ikigai.platform.listener;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * When one listener takes work. Whatever wakes it counts; while the count is not zero,
 * one claimer thread takes. So no wake is lost, and an idle listener has no thread. Where
 * there is plenty of short work, a second thread takes beside it, so that the database
 * works for one while the other waits for its disk.
 */
final class Takings {

	private final ListenerThreads threads;

	private final BooleanSupplier take;

	private final BooleanSupplier plenty;

	private final AtomicInteger wakes = new AtomicInteger();

	private final AtomicBoolean beside = new AtomicBoolean();

	private final ClaimPace pace = new ClaimPace();

	private volatile boolean ended;

	/**
	 * Creates the takings.
	 * @param threads where they run
	 * @param take takes what there is room for, and tells whether it got less than it
	 * asked for
	 * @param plenty whether there is room and work for a second taking
	 */
	Takings(ListenerThreads threads, BooleanSupplier take, BooleanSupplier plenty) {
		this.threads = threads;
		this.take = take;
		this.plenty = plenty;
	}

	void wake() {
		if (this.ended) {
			return;
		}
		if (this.wakes.getAndIncrement() == 0) {
			this.threads.claimers().execute(this::pump);
		}
		else if (this.plenty.getAsBoolean() && this.beside.compareAndSet(false, true)) {
			this.threads.claimers().execute(this::takeBeside);
		}
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
			long began = System.nanoTime();
			this.pace.took(began, this.take.getAsBoolean());
		}
		finally {
			if (this.wakes.addAndGet(-seen) != 0) {
				// At the end of the line: a busy listener must not keep the thread
				this.threads.claimers().execute(this::pump);
			}
		}
	}

	private void takeBeside() {
		try {
			this.take.getAsBoolean();
		}
		finally {
			this.beside.set(false);
		}
	}

}
