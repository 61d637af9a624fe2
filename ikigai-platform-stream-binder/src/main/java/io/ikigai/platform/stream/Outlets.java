package io.ikigai.platform.stream;

import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.queue.TaskOptions;
import org.jspecify.annotations.Nullable;

/**
 * Opens what producers send through.
 */
final class Outlets {

	private final Platform platform;

	private final StreamGroups groups;

	Outlets(Platform platform, StreamGroups groups) {
		this.platform = platform;
		this.groups = groups;
	}

	/**
	 * Opens a destination.
	 * @param destination the destination
	 * @param required the groups that the producer requires, and whether they are
	 * partitioned
	 * @return what sends to it
	 */
	Outlet open(StreamDestination destination, Map<String, Boolean> required) {
		String name = destination.name();
		return switch (destination.type()) {
			case QUEUE -> (message, partition) -> enqueue(StreamNames.of(name, partition, null), message);
			case TOPIC -> (message, partition) -> this.platform.pubsub().publish(name, message.envelope());
			case MAILBOX -> (message, partition) -> mail(StreamNames.of(name, partition, null), message);
			case PUBLISH_SUBSCRIBE ->
				(message, partition) -> this.platform.transaction(() -> distribute(name, required, message, partition));
		};
	}

	private void distribute(String name, Map<String, Boolean> required, WireMessage message,
			@Nullable Integer partition) {
		// Read each time: groups that other processes have bound a moment ago count
		Map<String, Boolean> all = new TreeMap<>(required);
		all.putAll(this.groups.of(name));
		all.forEach((group, partitioned) -> enqueue(
				StreamNames.of(name, partitioned ? (partition != null) ? partition : Integer.valueOf(0) : null, group),
				message));
		this.platform.pubsub().publish(name, message.envelope());
	}

	private void enqueue(String queue, WireMessage message) {
		TaskOptions options = TaskOptions.of();
		for (Map.Entry<String, String> header : message.headers().entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		this.platform.queue(queue).enqueue(message.payload(), options);
	}

	private void mail(String mailbox, WireMessage message) {
		MessageOptions options = MessageOptions.of();
		for (Map.Entry<String, String> header : message.headers().entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		this.platform.mailbox(mailbox).send(message.payload(), options);
	}

}
