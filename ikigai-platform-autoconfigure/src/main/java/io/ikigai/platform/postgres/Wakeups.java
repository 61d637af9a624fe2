package io.ikigai.platform.postgres;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Who in this process waits for the tasks of which queue. Waking is a hint, cheap, and
 * never blocks; queues that share a channel are woken together.
 */
final class Wakeups {

	private final Map<String, Set<Waiting>> byChannel = new ConcurrentHashMap<>();

	AutoCloseable add(String queue, Runnable wake) {
		String channel = ChannelName.ofQueue(queue);
		Waiting waiting = new Waiting(queue, wake);
		this.byChannel.compute(channel, (name, present) -> {
			Set<Waiting> all = (present != null) ? present : ConcurrentHashMap.newKeySet();
			all.add(waiting);
			return all;
		});
		return () -> this.byChannel.computeIfPresent(channel, (name, all) -> {
			all.remove(waiting);
			return all.isEmpty() ? null : all;
		});
	}

	Set<String> channels() {
		return Set.copyOf(this.byChannel.keySet());
	}

	Set<String> queues() {
		return this.byChannel.values()
			.stream()
			.flatMap(Set::stream)
			.map((waiting) -> waiting.queue)
			.collect(Collectors.toSet());
	}

	void wake(String channel) {
		this.byChannel.getOrDefault(channel, Set.of()).forEach((waiting) -> waiting.wake.run());
	}

	void wakeAll() {
		this.byChannel.values().forEach((all) -> all.forEach((waiting) -> waiting.wake.run()));
	}

	// Not a record: two that wait with the same runnable are two.
	private static final class Waiting {

		private final String queue;

		private final Runnable wake;

		private Waiting(String queue, Runnable wake) {
			this.queue = queue;
			this.wake = wake;
		}

	}

}
