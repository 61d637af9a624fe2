package io.ikigai.platform.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

import io.ikigai.platform.cache.CacheStatus;
import io.ikigai.platform.cache.CacheStatus.Reads;
import io.ikigai.platform.pubsub.PubSubStatus;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * What cache, topics and telemetry count themselves, as meters. A cache's region shows up
 * with the reading after the one that found it. Safe for use by several threads.
 */
public final class ServiceMeters implements MeterBinder {

	private static final Reads NONE = new Reads(0, 0, 0);

	private final @Nullable CacheStatus cache;

	private final @Nullable PubSubStatus topics;

	private final @Nullable TelemetryStatus telemetry;

	/**
	 * Creates the meters.
	 * @param cache the cache, if it tells
	 * @param topics publish and subscribe, if it tells
	 * @param telemetry telemetry, if it tells
	 */
	public ServiceMeters(@Nullable CacheStatus cache, @Nullable PubSubStatus topics,
			@Nullable TelemetryStatus telemetry) {
		this.cache = cache;
		this.topics = topics;
		this.telemetry = telemetry;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.cache != null) {
			Set<String> known = ConcurrentHashMap.newKeySet();
			Gauge.builder("ikigai.cache.regions", this.cache, (cache) -> regions(registry, cache, known))
				.description("Regions of the cache that this process has read")
				.register(registry);
		}
		if (this.topics != null) {
			bind(registry, this.topics);
		}
		if (this.telemetry != null) {
			bind(registry, this.telemetry);
		}
	}

	private static double regions(MeterRegistry registry, CacheStatus cache, Set<String> known) {
		Set<String> regions = cache.reads().keySet();
		regions.stream().filter(known::add).forEach((region) -> {
			gets(registry, cache, region, "hit", Reads::hits);
			gets(registry, cache, region, "near-hit", Reads::nearHits);
			gets(registry, cache, region, "miss", Reads::misses);
		});
		return regions.size();
	}

	private static void gets(MeterRegistry registry, CacheStatus cache, String region, String result,
			ToLongFunction<Reads> count) {
		FunctionCounter
			.builder("ikigai.cache.gets", cache,
					(status) -> count.applyAsLong(status.reads().getOrDefault(region, NONE)))
			.tag("region", region)
			.tag("result", result)
			.description("Keys that this process has read, by what it found")
			.register(registry);
	}

	private static void bind(MeterRegistry registry, PubSubStatus topics) {
		Gauge.builder("ikigai.topics.subscriptions", topics, PubSubStatus::subscriptions)
			.description("Open subscriptions of this process")
			.register(registry);
		received(registry, topics, "handled", PubSubStatus::handled);
		received(registry, topics, "failed", PubSubStatus::failed);
		FunctionCounter.builder("ikigai.topics.missed", topics, PubSubStatus::missed)
			.description("How many times a subscription may have missed messages for good")
			.register(registry);
	}

	private static void received(MeterRegistry registry, PubSubStatus topics, String outcome,
			ToLongFunction<PubSubStatus> count) {
		FunctionCounter.builder("ikigai.topics.received", topics, count::applyAsLong)
			.tag("outcome", outcome)
			.description("Published messages that handlers of this process got")
			.register(registry);
	}

	private static void bind(MeterRegistry registry, TelemetryStatus telemetry) {
		Gauge.builder("ikigai.telemetry.buffered", telemetry, TelemetryStatus::buffered)
			.description("Events that wait to be handed to the backend")
			.register(registry);
		FunctionCounter.builder("ikigai.telemetry.written", telemetry, TelemetryStatus::written)
			.description("Events that the backend has taken")
			.register(registry);
		FunctionCounter.builder("ikigai.telemetry.dropped", telemetry, TelemetryStatus::dropped)
			.description("Events that were dropped")
			.register(registry);
	}

}
