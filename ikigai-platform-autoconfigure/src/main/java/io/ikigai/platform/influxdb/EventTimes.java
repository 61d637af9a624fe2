package io.ikigai.platform.influxdb;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import io.ikigai.platform.telemetry.TelemetryEvent;

/**
 * Gives each event of this process a nanosecond of its own within its microsecond, in the
 * order in which they come: of two points with equal tags and time the later would
 * replace the earlier. An event that is written again gets the one it had, as long as it
 * is among the last that were written. Safe for use by several threads.
 */
final class EventTimes {

	private static final int REMEMBERED = 20_000;

	private static final int PER_MICROSECOND = 500;

	private static final long NANOS_PER_MICROSECOND = 1000;

	private final Map<UUID, Long> given = new Latest<>();

	private final Map<Long, Integer> counts = new Latest<>();

	// Another process may happen to have the same instance tag
	private final int first = ThreadLocalRandom.current().nextInt(PER_MICROSECOND);

	synchronized long of(TelemetryEvent event) {
		return this.given.computeIfAbsent(event.id(), (id) -> next(micros(event.createdAt())));
	}

	private long next(long time) {
		long micros = time;
		int count = this.counts.getOrDefault(micros, 0);
		while (count == PER_MICROSECOND) {
			micros++;
			count = this.counts.getOrDefault(micros, 0);
		}
		this.counts.put(micros, count + 1);
		return micros * NANOS_PER_MICROSECOND + this.first + count;
	}

	private static long micros(Instant time) {
		return ChronoUnit.MICROS.between(Instant.EPOCH, time);
	}

	/**
	 * Those put in last.
	 *
	 * @param <K> the keys
	 * @param <V> the values
	 */
	private static final class Latest<K, V> extends LinkedHashMap<K, V> {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
			return size() > REMEMBERED;
		}

	}

}
