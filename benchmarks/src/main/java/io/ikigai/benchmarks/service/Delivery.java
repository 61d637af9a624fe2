package io.ikigai.benchmarks.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * How many messages pass a broker in a second, from the first call to the last handler.
 */
public final class Delivery {

	private static final double PATIENCE_SECONDS = 30;

	private Delivery() {
	}

	/**
	 * Publishes for two seconds, and waits until all has arrived.
	 * @param broker the broker
	 * @param publishers in how many threads
	 * @param subscribers to how many subscribers
	 * @param bytes how large the messages are
	 * @return messages per second, each counted once
	 * @throws Exception if it fails, or if something does not arrive
	 */
	public static double perSecond(Broker broker, int publishers, int subscribers, int bytes) throws Exception {
		LongAdder arrived = new LongAdder();
		String text = "y".repeat(bytes);
		List<AutoCloseable> open = new ArrayList<>();
		try {
			for (int i = 0; i < subscribers; i++) {
				open.add(broker.subscribe(arrived::increment));
			}
			long begun = System.nanoTime();
			long sent = Throughput.count(publishers, () -> broker.publish(text));
			while (arrived.sum() < sent * subscribers) {
				if (Throughput.seconds(begun) > PATIENCE_SECONDS) {
					throw new IllegalStateException(
							"%d of %d messages arrived".formatted(arrived.sum(), sent * subscribers));
				}
				LockSupport.parkNanos(1_000_000);
			}
			return sent / Throughput.seconds(begun);
		}
		finally {
			for (AutoCloseable each : open) {
				each.close();
			}
		}
	}

}
