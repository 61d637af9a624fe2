package io.ikigai.benchmarks.worker;

import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many tasks were handled, when the first and the last, and how long after they were
 * sent. Safe for use by several threads.
 */
public final class HandlerCount {

	private final AtomicLong handled = new AtomicLong();

	private final Queue<Long> latencies = new ConcurrentLinkedQueue<>();

	private volatile long first;

	private volatile long last;

	/**
	 * The wall clock, which processes of one machine share.
	 * @return microseconds since 1970
	 */
	static long nowMicros() {
		Instant now = Instant.now();
		return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
	}

	void reset() {
		this.handled.set(0);
		this.latencies.clear();
		this.first = 0;
		this.last = 0;
	}

	/**
	 * To be called in the handler's first line.
	 * @param sent when the pick-up began, or 0
	 */
	public void handled(long sent) {
		long now = nowMicros();
		if (this.handled.getAndIncrement() == 0) {
			this.first = now;
		}
		this.last = now;
		if (sent != 0) {
			this.latencies.add(now - sent);
		}
	}

	/**
	 * To be called by who handles many at once, when they are claimed.
	 */
	void began() {
		if (this.first == 0) {
			this.first = nowMicros();
		}
	}

	/**
	 * To be called by who handles many at once, when they are completed.
	 */
	void completed(int tasks) {
		this.handled.addAndGet(tasks);
		this.last = nowMicros();
	}

	long count() {
		return this.handled.get();
	}

	long first() {
		return this.first;
	}

	long last() {
		return this.last;
	}

	Queue<Long> latencies() {
		return this.latencies;
	}

}
