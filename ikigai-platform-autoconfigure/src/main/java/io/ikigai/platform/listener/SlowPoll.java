package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Wakes listeners now and then, in case that nobody announced their work: each at its
 * interval, but all listeners of an application together about once a second.
 */
final class SlowPoll {

	private static final long SHARE_MILLIS = 1000;

	private final ScheduledExecutorService timer;

	private final AtomicInteger listeners = new AtomicInteger();

	SlowPoll(ScheduledExecutorService timer) {
		this.timer = timer;
	}

	Polling start(Runnable wake, Duration interval) {
		this.listeners.incrementAndGet();
		Polling polling = new Polling(wake, interval);
		// The listeners of an application do not all begin at the same moment
		polling.schedule(ThreadLocalRandom.current().nextLong(interval.toMillis() + 1));
		return polling;
	}

	/**
	 * The polling of one listener.
	 */
	final class Polling {

		private final Runnable wake;

		private final Duration interval;

		private boolean ended;

		private @Nullable Future<?> next;

		private Polling(Runnable wake, Duration interval) {
			this.wake = wake;
			this.interval = interval;
		}

		private synchronized void schedule(long millis) {
			if (!this.ended) {
				this.next = SlowPoll.this.timer.schedule(this::poll, millis, TimeUnit.MILLISECONDS);
			}
		}

		private void poll() {
			schedule(Math.max(this.interval.toMillis(), SHARE_MILLIS * SlowPoll.this.listeners.get()));
			this.wake.run();
		}

		synchronized void end() {
			if (!this.ended) {
				this.ended = true;
				SlowPoll.this.listeners.decrementAndGet();
				if (this.next != null) {
					this.next.cancel(false);
				}
			}
		}

	}

}
