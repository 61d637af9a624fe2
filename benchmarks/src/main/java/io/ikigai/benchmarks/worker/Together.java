package io.ikigai.benchmarks.worker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Producers that enqueue in batches while the tasks are handled, and wait while too many
 * are ahead, so that what goes in comes out.
 */
final class Together {

	private static final int PRODUCERS = 2;

	private static final int BATCH = 500;

	private static final int AHEAD = 10_000;

	private Together() {
	}

	static double run(QueueWorker worker, Duration duration, HandlerCount count) throws Exception {
		count.reset();
		worker.consume(Consumption.NOTHING);
		AtomicLong enqueued = new AtomicLong();
		long began = System.nanoTime();
		long end = began + duration.toNanos();
		Callers.run(PRODUCERS, () -> {
			while (System.nanoTime() < end) {
				if (enqueued.get() - count.count() > AHEAD) {
					LockSupport.parkNanos(200_000);
					continue;
				}
				worker.enqueueInBulk(Consumption.NOTHING, BATCH);
				enqueued.addAndGet(BATCH);
			}
		});
		double rate = count.count() / ((System.nanoTime() - began) / 1e9);
		while (count.count() < enqueued.get()) {
			LockSupport.parkNanos(10_000_000);
		}
		worker.stop();
		return rate;
	}

}
