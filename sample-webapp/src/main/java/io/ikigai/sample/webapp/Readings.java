package io.ikigai.sample.webapp;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * All readings of the console. A page takes what is known and waits only a moment for
 * what is not; what changes later reaches it through {@link LiveUpdates}.
 */
@Component
class Readings {

	private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(150);

	private static final String DEADLINE = Readings.class.getName() + ".deadline";

	private static final long OF_INTEREST = TimeUnit.MINUTES.toNanos(3);

	private static final int THREADS = 2;

	private static final int MOST = 200;

	private final Map<String, Reading<?>> readings = new ConcurrentHashMap<>();

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, (work) -> {
		Thread thread = new Thread(work, "console-readings");
		thread.setDaemon(true);
		return thread;
	});

	private final LiveUpdates updates;

	private volatile boolean closed;

	Readings(LiveUpdates updates) {
		this.updates = updates;
	}

	/**
	 * Returns what is known.
	 * @param key names the reading; the same key always has the same source
	 * @param area the part of the pages that shows it
	 * @param source reads it
	 */
	@SuppressWarnings("unchecked")
	<T> Reading.Known<T> get(String key, String area, Supplier<T> source) {
		Reading<T> reading = (Reading<T>) this.readings.computeIfAbsent(area + " " + key,
				(name) -> new Reading<>(area, source));
		reading.asked();
		if (!this.closed) {
			boolean wait = reading.known().counting() || reading.outdated();
			var done = reading.refresh(this.threads, this::changed);
			if (wait) {
				try {
					done.get(momentLeft(), TimeUnit.NANOSECONDS);
				}
				catch (TimeoutException | ExecutionException ex) {
					// It comes when it comes
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}
		return reading.known();
	}

	/**
	 * All readings of a page together have one moment.
	 */
	private static long momentLeft() {
		RequestAttributes request = RequestContextHolder.getRequestAttributes();
		if (request == null) {
			return MOMENT;
		}
		if (request.getAttribute(DEADLINE, RequestAttributes.SCOPE_REQUEST) instanceof Long deadline) {
			return Math.max(0, deadline - System.nanoTime());
		}
		request.setAttribute(DEADLINE, System.nanoTime() + MOMENT, RequestAttributes.SCOPE_REQUEST);
		return MOMENT;
	}

	private void changed(Reading<?> reading) {
		this.updates.changed(Set.of(reading.area()));
	}

	/**
	 * Somebody changed something in these areas.
	 */
	void outdate(Set<String> areas) {
		this.readings.values().stream().filter((reading) -> areas.contains(reading.area())).forEach(Reading::outdate);
	}

	@Scheduled(fixedDelay = 1000)
	void readWhatIsWatched() {
		if (this.readings.size() > MOST) {
			this.readings.values().removeIf((reading) -> !reading.askedWithin(TimeUnit.SECONDS.toNanos(20)));
		}
		this.readings.values().removeIf((reading) -> !reading.askedWithin(OF_INTEREST));
		if (!this.closed && this.updates.watched()) {
			this.readings.values().forEach((reading) -> reading.refresh(this.threads, this::changed));
		}
	}

	@EventListener(ContextClosedEvent.class)
	void close() {
		this.closed = true;
		this.threads.shutdown();
	}

}
