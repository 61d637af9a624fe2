package io.ikigai.platform.micrometer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;

/**
 * Counts something by tags whose values turn up one by one. Nothing is lost that was
 * counted before a registry came. Safe for use by several threads.
 */
final class Counts {

	private final String name;

	private final String description;

	private final List<String> keys;

	private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	Counts(String name, String description, String... keys) {
		this.name = name;
		this.description = description;
		this.keys = List.of(keys);
	}

	synchronized void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.counts.forEach((values, count) -> register(registry, values, count));
	}

	void add(long amount, String... values) {
		List<String> tags = List.of(values);
		LongAdder count = this.counts.get(tags);
		((count != null) ? count : begin(tags)).add(amount);
	}

	private synchronized LongAdder begin(List<String> values) {
		return this.counts.computeIfAbsent(values, (tags) -> {
			LongAdder count = new LongAdder();
			this.registries.forEach((registry) -> register(registry, tags, count));
			return count;
		});
	}

	private void register(MeterRegistry registry, List<String> values, LongAdder count) {
		List<Tag> tags = new ArrayList<>();
		for (int i = 0; i < this.keys.size(); i++) {
			tags.add(Tag.of(this.keys.get(i), values.get(i)));
		}
		FunctionCounter.builder(this.name, count, LongAdder::sum)
			.description(this.description)
			.tags(tags)
			.register(registry);
	}

}
