package io.ikigai.platform.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.ikigai.platform.telemetry.TelemetryStore;

/**
 * Telemetry over a store: a bounded buffer, and a thread that hands over what is in it.
 * Safe for use by several threads.
 */
public final class RuntimeTelemetry implements Telemetry, TelemetryStatus, AutoCloseable {

	private static final long FLUSH_SECONDS = 10;

	private static final long CLOSE_SECONDS = 5;

	private static final Duration SHORTEST_BUCKET = Duration.ofMillis(1);

	private static final Duration LONGEST_BUCKET = Duration.ofDays(366);

	private static final int MOST_BUCKETS = 10_000;

	private final TelemetryStore store;

	private final PayloadJson json;

	private final String agent;

	private final TelemetryBuffer buffer;

	private final DroppedEvents dropped = new DroppedEvents();

	private final TelemetryFlusher flusher;

	private final Thread thread;

	/**
	 * Creates the service; nothing is handed over before {@link #start()}.
	 * @param store where events are kept
	 * @param json payloads to JSON
	 * @param agent this agent's name
	 * @param bufferSize how many events wait for the store at most
	 * @param bufferBytes how many bytes they take at most, roughly
	 */
	public RuntimeTelemetry(TelemetryStore store, PayloadJson json, String agent, int bufferSize, long bufferBytes) {
		this(store, json, agent, bufferSize, bufferBytes, TelemetryFlusher.LINGER);
	}

	/**
	 * Creates the service; nothing is handed over before {@link #start()}.
	 * @param store where events are kept
	 * @param json payloads to JSON
	 * @param agent this agent's name
	 * @param bufferSize how many events wait for the store at most
	 * @param bufferBytes how many bytes they take at most, roughly
	 * @param linger how long an event waits for others that are written with it
	 */
	RuntimeTelemetry(TelemetryStore store, PayloadJson json, String agent, int bufferSize, long bufferBytes,
			Duration linger) {
		this.store = store;
		this.json = json;
		this.agent = Names.check("agent", agent);
		this.buffer = new TelemetryBuffer(bufferSize, bufferBytes, Math.min(bufferSize, TelemetryFlusher.BATCH));
		this.flusher = new TelemetryFlusher(this.buffer, store, this.dropped, this::event, linger);
		this.thread = new Thread(this.flusher, "ikigai-telemetry");
		this.thread.setDaemon(true);
	}

	/**
	 * Begins to hand over.
	 */
	public void start() {
		this.thread.start();
	}

	@Override
	public void emit(String eventType, Object payload) {
		Names.check("telemetry event type", eventType);
		if (!this.buffer.offer(event(eventType, this.json.write("telemetry event", payload)))) {
			this.dropped.add(1, "the buffer (ikigai.telemetry.buffer-size, .buffer-memory) is full or closed, "
					+ "because the store is away or slower than the events come");
		}
	}

	private TelemetryEvent event(String type, String json) {
		return new TelemetryEvent(FreshIds.next(), this.agent, type, json,
				Instant.now().truncatedTo(ChronoUnit.MICROS));
	}

	@Override
	public List<TelemetryEvent> query(TelemetryQuery query) {
		check(query);
		return this.store.query(query);
	}

	@Override
	public List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath,
			Aggregation aggregation) {
		check(query);
		if (bucket.compareTo(SHORTEST_BUCKET) < 0 || bucket.compareTo(LONGEST_BUCKET) > 0) {
			throw new IllegalArgumentException(
					"The step of a time series lasts from a millisecond to 366 days, not " + bucket);
		}
		if (aggregation != Aggregation.COUNT) {
			checkPath(valuePath);
		}
		List<TelemetryBucket> series = this.store.series(query, bucket, valuePath, aggregation, MOST_BUCKETS + 1);
		if (series.size() > MOST_BUCKETS) {
			throw new IllegalArgumentException("The time series has more than " + MOST_BUCKETS + " steps of " + bucket
					+ "; ask for longer steps, or for less time with withFrom and withTo");
		}
		return series;
	}

	private static void check(TelemetryQuery query) {
		if (query.agent() != null) {
			Names.check("agent", query.agent());
		}
		if (query.type() != null) {
			Names.check("telemetry event type", query.type());
		}
		if (query.text() != null && (query.text().isEmpty() || UnstorableText.find(query.text()) >= 0)) {
			throw new IllegalArgumentException(
					"The text of a query must not be empty, and not hold " + UnstorableText.WHAT);
		}
		if (query.from() != null && query.to() != null && query.from().isAfter(query.to())) {
			throw new IllegalArgumentException(
					"A query is from an earlier time to a later one, not from " + query.from() + " to " + query.to());
		}
	}

	private static void checkPath(String path) {
		if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..") || path.length() > 255
				|| UnstorableText.find(path) >= 0) {
			throw new IllegalArgumentException(
					"The path of a value is field names joined by dots, such as size or request.size, at most 255 "
							+ "characters; this is none: '" + path.substring(0, Math.min(40, path.length())) + "'");
		}
	}

	@Override
	public void flush() {
		boolean left = false;
		try {
			left = this.buffer.awaitLeft(FLUSH_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!left) {
			throw new IllegalStateException(
					"Telemetry could not be handed over within " + FLUSH_SECONDS + " seconds; it stays in the buffer, "
							+ this.buffer.size() + " events by now. The log says why its store does not take it");
		}
	}

	@Override
	public long buffered() {
		return this.buffer.size();
	}

	@Override
	public long written() {
		return this.flusher.written();
	}

	@Override
	public long dropped() {
		return this.dropped.total();
	}

	/**
	 * Takes no more events, and hands over what there is, in five seconds at most.
	 */
	@Override
	public void close() {
		this.buffer.close();
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.thread.interrupt();
		this.dropped.add(this.buffer.size(), "the application stopped before its store took them");
		this.dropped.warn("the application stopped, or had dropped them before");
	}

}
