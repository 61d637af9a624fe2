package io.ikigai.platform.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.ikigai.platform.telemetry.TelemetryEvent;

/**
 * Events between those who emit them and the one thread that hands them to the backend.
 * Takes what there is room for and never waits for room. An event leaves when it was
 * handed over, so that what is on its way counts too.
 */
final class TelemetryBuffer {

	/** What an event takes beside its payload, roughly. */
	private static final int OVERHEAD_BYTES = 200;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<TelemetryEvent> events = new ArrayDeque<>();

	private final int capacity;

	private final long capacityBytes;

	private final int batch;

	private long bytes;

	/** Counted since the start: what came in and what left. */
	private long in;

	private long out;

	/** Who waits needs everything up to this one handed over without delay. */
	private long urgent;

	private boolean closed;

	/**
	 * Creates the buffer.
	 * @param capacity how many events at most
	 * @param capacityBytes how many bytes at most, roughly
	 * @param batch how many events are handed over at once
	 */
	TelemetryBuffer(int capacity, long capacityBytes, int batch) {
		this.capacity = capacity;
		this.capacityBytes = capacityBytes;
		this.batch = batch;
	}

	boolean offer(TelemetryEvent event) {
		this.lock.lock();
		try {
			if (this.closed || this.events.size() >= this.capacity || this.bytes + size(event) > this.capacityBytes) {
				return false;
			}
			this.events.addLast(event);
			this.bytes += size(event);
			this.in++;
			if (this.events.size() == 1 || this.events.size() == this.batch) {
				this.changed.signalAll();
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for events: for the first one as long as it takes, for a whole batch of them
	 * a little while.
	 * @param lingerNanos the while
	 * @param maxBytes how many bytes of payload at most, unless one event has more
	 * @return the oldest events, which stay in the buffer; none if it is closed and empty
	 */
	List<TelemetryEvent> await(long lingerNanos, long maxBytes) throws InterruptedException {
		this.lock.lock();
		try {
			while (this.events.isEmpty() && !this.closed) {
				this.changed.await();
			}
			long left = lingerNanos;
			while (left > 0 && this.events.size() < this.batch && this.urgent <= this.out && !this.closed) {
				left = this.changed.awaitNanos(left);
			}
			List<TelemetryEvent> oldest = new ArrayList<>(Math.min(this.batch, this.events.size()));
			long taken = 0;
			for (TelemetryEvent event : this.events) {
				taken += size(event);
				if (oldest.size() == this.batch || (taken > maxBytes && !oldest.isEmpty())) {
					break;
				}
				oldest.add(event);
			}
			return oldest;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Removes the oldest events.
	 */
	void remove(int count) {
		this.lock.lock();
		try {
			for (int i = 0; i < count; i++) {
				this.bytes -= size(this.events.removeFirst());
			}
			this.out += count;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until everything that is in the buffer now has left it.
	 * @return whether it has within the time
	 */
	boolean awaitLeft(long time, TimeUnit unit) throws InterruptedException {
		this.lock.lock();
		try {
			long last = this.in;
			this.urgent = Math.max(this.urgent, last);
			this.changed.signalAll();
			long left = unit.toNanos(time);
			while (this.out < last && left > 0) {
				left = this.changed.awaitNanos(left);
			}
			return this.out >= last;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Pauses; only for a moment once the buffer is closed.
	 */
	void pause(long millis) throws InterruptedException {
		this.lock.lock();
		try {
			long left = TimeUnit.MILLISECONDS.toNanos(millis);
			while (left > 0 && !this.closed) {
				left = this.changed.awaitNanos(left);
			}
			left = Math.min(left, TimeUnit.MILLISECONDS.toNanos(50));
			while (left > 0) {
				left = this.changed.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes no more events.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	int size() {
		this.lock.lock();
		try {
			return this.events.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static long size(TelemetryEvent event) {
		return OVERHEAD_BYTES + event.json().length() * 2L;
	}

}
