package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes the next task or message, and waits for one if there is none: until the backend
 * wakes it, and at every poll interval, for a wake-up may get lost. An interrupt ends the
 * waiting, and stays with the thread.
 *
 * @param <T> what is taken
 */
final class AwaitedTake<T> {

	private final Supplier<Optional<T>> take;

	private final Function<Runnable, AutoCloseable> onWake;

	private final Duration pollInterval;

	AwaitedTake(Supplier<Optional<T>> take, Function<Runnable, AutoCloseable> onWake, Duration pollInterval) {
		this.take = take;
		this.onWake = onWake;
		this.pollInterval = pollInterval;
	}

	Optional<T> within(Duration wait) {
		try {
			return await(wait);
		}
		catch (RuntimeException ex) {
			// Some drivers refuse to work in a thread that is interrupted.
			if (!Thread.currentThread().isInterrupted()) {
				throw ex;
			}
			return Optional.empty();
		}
	}

	private Optional<T> await(Duration wait) {
		Optional<T> taken = this.take.get();
		if (taken.isPresent() || wait.isNegative() || wait.isZero()) {
			return taken;
		}
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(wait);
		Semaphore woken = new Semaphore(1);
		AutoCloseable waiting = this.onWake.apply(woken::release);
		try {
			long left = deadline - System.nanoTime();
			while (taken.isEmpty() && left > 0) {
				woken.tryAcquire(Math.min(left, this.pollInterval.toNanos()), TimeUnit.NANOSECONDS);
				woken.drainPermits();
				taken = this.take.get();
				left = deadline - System.nanoTime();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			end(waiting);
		}
		return taken;
	}

	private static void end(AutoCloseable waiting) {
		try {
			waiting.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not end the waiting", ex);
		}
	}

}
