package io.ikigai.platform.micrometer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import io.ikigai.platform.observation.TagNames;
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

	private final TagNames names;

	private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	/**
	 * Creates the counts.
	 * @param names bounds the values of the first tag
	 * @param name the meter's name
	 * @param description what is counted
	 * @param keys the keys of the tags, the first of them for names that applications
	 * choose
	 */
	Counts(TagNames names, String name, String description, String... keys) {
		this.names = names;
		this.name = name;
		this.description = description;
		this.keys = List.of(keys);
	}

	synchronized void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.counts.forEach((values, count) -> register(registry, values, count));
	}

	void add(long amount, String name, String... values) {
		List<String> tags = new ArrayList<>();
		tags.add(this.names.of(name));
		tags.addAll(List.of(values));
		LongAdder count = this.counts.get(tags);
		((count != null) ? count : begin(tags)).add(amount);
	}

	private synchronized LongAdder begin(List<String> values) {
		return this.counts.computeIfAbsent(List.copyOf(values), (tags) -> {
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
