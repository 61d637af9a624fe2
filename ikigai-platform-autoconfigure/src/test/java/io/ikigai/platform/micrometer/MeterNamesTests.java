package io.ikigai.platform.micrometer;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.observation.ProcessContext;
import io.ikigai.platform.observation.ProcessContext.Processing;
import io.ikigai.platform.observation.TagNames;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInspection;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However many queues, mailboxes and topics there are, meters tell 500 apart and count
 * all others together. Nothing is left out of the sum.
 */
class MeterNamesTests {

	private static final int NAMES = 3 * TagNames.LIMIT;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void countsTheWorkOnFurtherQueuesTogether() {
		WorkMeters meters = new WorkMeters();
		meters.bindTo(this.registry);
		IntStream.range(0, NAMES).forEach((user) -> meters.claimed("queue-of-user-" + user, 1));
		Collection<FunctionCounter> claimed = this.registry.get("ikigai.tasks.claimed").functionCounters();
		assertThat(claimed).hasSize(TagNames.LIMIT + 1);
		assertThat(claimed.stream().mapToDouble(FunctionCounter::count).sum()).isEqualTo(NAMES);
		assertThat(this.registry.get("ikigai.tasks.claimed").tag("queue", TagNames.OTHER).functionCounter().count())
			.isEqualTo(NAMES - TagNames.LIMIT);
	}

	@Test
	void showsTheLargestQueuesAndTheSumOfTheOthers() {
		Map<String, QueueStats> stats = new TreeMap<>();
		IntStream.range(0, NAMES).forEach((user) -> stats.put("queue-of-user-" + user, ready(1)));
		stats.put("orders", ready(70));
		QueueMeters meters = new QueueMeters((TaskInspection) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { TaskInspection.class }, (proxy, method, arguments) -> stats));
		meters.bindTo(this.registry);
		assertThat(this.registry.get("ikigai.queues").gauge().value()).isEqualTo(NAMES + 1);
		Collection<Gauge> ready = this.registry.get("ikigai.queue.tasks").tag("state", "ready").gauges();
		assertThat(ready).hasSize(TagNames.LIMIT + 1);
		assertThat(ready.stream().mapToDouble(Gauge::value).sum()).isEqualTo(NAMES + 70);
		assertThat(this.registry.get("ikigai.queue.tasks").tags("state", "ready", "queue", "orders").gauge().value())
			.isEqualTo(70);
	}

	@Test
	void observesSendingToFurtherDestinationsAndFurtherListenersTogether() throws Exception {
		ObservationRegistry observed = ObservationRegistry.create();
		observed.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.registry));
		Observations observations = new Observations(observed);
		for (int user = 0; user < NAMES; user++) {
			observations.send("topic", "topic-of-user-" + user, Map.of(), (headers) -> true);
			Processing processing = observations.processing("queue", "queue-of-user-" + user,
					"listener-of-user-" + user);
			observations.process(() -> new ProcessContext(processing, List.of(Map.of()), "1", 1), () -> null);
		}
		for (String meter : new String[] { "ikigai.send", "ikigai.process" }) {
			assertThat(this.registry.get(meter).timers()).hasSizeLessThanOrEqualTo(TagNames.LIMIT + 1);
			assertThat(this.registry.get(meter).timers().stream().mapToLong((timer) -> timer.count()).sum())
				.isEqualTo(NAMES);
		}
		assertThat(this.registry.getMeters()).extracting(Meter::getId).hasSizeLessThan(5 * TagNames.LIMIT);
	}

	private static QueueStats ready(long tasks) {
		return new QueueStats(tasks, 0, 0, 0, 0, null);
	}

}
