package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The one thread that hands events to the store, in batches, and tries again while the
 * store is away. It alone ever waits for the store.
 */
final class TelemetryFlusher implements Runnable {

	private static final Log logger = LogFactory.getLog(TelemetryFlusher.class);

	static final int BATCH = 5000;

	private static final long BATCH_BYTES = 8 * 1024 * 1024;

	static final Duration LINGER = Duration.ofMillis(200);

	private final TelemetryBuffer buffer;

	private final TelemetryStore store;

	private final DroppedEvents dropped;

	private final Duration linger;

	private final BiFunction<String, String, TelemetryEvent> events;

	private final AtomicLong written = new AtomicLong();

	private @Nullable BackOffExecution backOff;

	/** What tells of dropped events, until it is written. */
	private @Nullable TelemetryEvent report;

	private long reported;

	/**
	 * Creates the flusher.
	 * @param buffer where events come from
	 * @param store where they go
	 * @param dropped what counts those that do not arrive
	 * @param events makes an event of a type and a payload
	 * @param linger how long an event waits for others that are written with it
	 */
	TelemetryFlusher(TelemetryBuffer buffer, TelemetryStore store, DroppedEvents dropped,
			BiFunction<String, String, TelemetryEvent> events, Duration linger) {
		this.linger = linger;
		this.buffer = buffer;
		this.store = store;
		this.dropped = dropped;
		this.events = events;
	}

	long written() {
		return this.written.get();
	}

	@Override
	public void run() {
		try {
			List<TelemetryEvent> batch = this.buffer.await(this.linger.toNanos(), BATCH_BYTES);
			while (!batch.isEmpty()) {
				handOver(batch);
				batch = this.buffer.await(this.linger.toNanos(), BATCH_BYTES);
			}
		}
		catch (InterruptedException ex) {
			// The shutdown waits no longer, and counts what is left
			Thread.currentThread().interrupt();
		}
	}

	private void handOver(List<TelemetryEvent> batch) throws InterruptedException {
		try {
			write(batch);
			worked();
			tellDropped();
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
		}
	}

	/**
	 * Writes the oldest events of the buffer. Finds those that the store refuses by
	 * halves.
	 */
	private void write(List<TelemetryEvent> batch) {
		try {
			this.store.write(batch);
			this.written.addAndGet(batch.size());
		}
		catch (DataIntegrityViolationException ex) {
			if (batch.size() > 1) {
				int middle = batch.size() / 2;
				write(batch.subList(0, middle));
				write(batch.subList(middle, batch.size()));
				return;
			}
			this.dropped.add(1, "the store refuses an event of type '%s': %s".formatted(batch.get(0).type(),
					ex.getMostSpecificCause().getMessage()));
		}
		this.buffer.remove(batch.size());
	}

	private void tellDropped() {
		if (this.report == null && this.buffer.size() == 0 && this.dropped.untold() > 0) {
			this.reported = this.dropped.untold();
			this.report = this.events.apply("telemetry_dropped",
					"{\"dropped\":%d,\"total\":%d}".formatted(this.reported, this.dropped.total()));
		}
		if (this.report != null) {
			this.store.write(List.of(this.report));
			this.written.incrementAndGet();
			this.dropped.told(this.reported);
			this.report = null;
		}
	}

	private void worked() {
		if (this.backOff != null) {
			this.backOff = null;
			logger.info("Telemetry is written again");
		}
	}

	private void failed(Throwable error) throws InterruptedException {
		if (this.backOff == null) {
			ExponentialBackOff growing = new ExponentialBackOff(100, 2);
			growing.setMaxInterval(5000);
			this.backOff = growing.start();
			logger.warn("Telemetry cannot be written; it is kept while the buffer has room, and tried again", error);
		}
		this.buffer.pause(this.backOff.nextBackOff());
	}

}
