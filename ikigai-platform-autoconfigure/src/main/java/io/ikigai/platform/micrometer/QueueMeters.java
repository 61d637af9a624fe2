package io.ikigai.platform.micrometer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import io.ikigai.platform.observation.TagNames;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInspection;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Gauges of the queues, which the backend counts when somebody reads them, at most every
 * ten seconds. A queue shows up with the reading after the one that found it. Safe for
 * use by several threads.
 */
public final class QueueMeters implements MeterBinder {

	private static final Duration KEPT = Duration.ofSeconds(10);

	private static final Map<String, ToDoubleFunction<QueueStats>> STATES = Map.of("ready", QueueStats::ready,
			"scheduled", QueueStats::scheduled, "claimed", QueueStats::claimed, "completed", QueueStats::completed,
			"failed", QueueStats::failed);

	private final TaskInspection tasks;

	/**
	 * Creates the gauges.
	 * @param tasks the queues
	 */
	public QueueMeters(TaskInspection tasks) {
		this.tasks = tasks;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Bound bound = new Bound(registry);
		Gauge.builder("ikigai.queues", bound, Bound::count)
			.description("Queues that hold tasks")
			.strongReference(true)
			.register(registry);
	}

	/**
	 * The gauges in one registry.
	 */
	private final class Bound {

		private final MultiGauge depth;

		private final MultiGauge age;

		private long countedAt = System.nanoTime() - KEPT.toNanos();

		/** The queues that have tags of their own. */
		private final Set<String> shown = new HashSet<>();

		private int queues;

		Bound(MeterRegistry registry) {
			this.depth = MultiGauge.builder("ikigai.queue.tasks")
				.description("Tasks of a queue by their state; finished ones while their retention lasts")
				.register(registry);
			this.age = MultiGauge.builder("ikigai.queue.oldest.ready")
				.description("How long the oldest ready task of a queue has been ready")
				.baseUnit("seconds")
				.register(registry);
		}

		synchronized double count() {
			if (System.nanoTime() - this.countedAt >= KEPT.toNanos()) {
				Map<String, QueueStats> stats = QueueMeters.this.tasks.stats();
				this.countedAt = System.nanoTime();
				this.queues = stats.size();
				show(stats);
			}
			return this.queues;
		}

		private void show(Map<String, QueueStats> stats) {
			List<Row<?>> depths = new ArrayList<>();
			List<Row<?>> ages = new ArrayList<>();
			told(stats).forEach((queue, counts) -> {
				STATES.forEach((state, count) -> depths
					.add(Row.of(Tags.of("queue", queue, "state", state), count.applyAsDouble(counts))));
				Duration oldest = counts.oldestReadyAge();
				ages.add(Row.of(Tags.of("queue", queue), (oldest != null) ? oldest.toMillis() / 1000.0 : 0));
			});
			this.depth.register(depths, true);
			this.age.register(ages, true);
		}

		/**
		 * Returns the queues by the names that tags may have: those shown before stay, of
		 * the others those with most tasks come first.
		 */
		private Map<String, QueueStats> told(Map<String, QueueStats> stats) {
			this.shown.retainAll(stats.keySet());
			stats.entrySet()
				.stream()
				.filter((queue) -> !this.shown.contains(queue.getKey()))
				.sorted(Comparator.comparingLong((queue) -> -all(queue.getValue())))
				.limit(Math.max(0, TagNames.LIMIT - this.shown.size()))
				.toList()
				.forEach((queue) -> this.shown.add(queue.getKey()));
			Map<String, QueueStats> told = new LinkedHashMap<>();
			stats.forEach((queue, counts) -> told.merge(this.shown.contains(queue) ? queue : TagNames.OTHER, counts,
					Bound::sum));
			return told;
		}

		private static long all(QueueStats counts) {
			return counts.ready() + counts.scheduled() + counts.claimed() + counts.completed() + counts.failed();
		}

		private static QueueStats sum(QueueStats one, QueueStats other) {
			Duration age = one.oldestReadyAge();
			Duration otherAge = other.oldestReadyAge();
			return new QueueStats(one.ready() + other.ready(), one.scheduled() + other.scheduled(),
					one.claimed() + other.claimed(), one.completed() + other.completed(), one.failed() + other.failed(),
					(age == null || (otherAge != null && otherAge.compareTo(age) > 0)) ? otherAge : age);
		}

	}

}
