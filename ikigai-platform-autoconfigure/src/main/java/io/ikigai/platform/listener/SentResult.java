package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.queue.TaskQueue;

/**
 * Sends what a handler with {@code @SendTo} returns. Joins the running transaction.
 */
final class SentResult {

	private final List<Consumer<Object>> destinations = new ArrayList<>();

	/**
	 * Finds out where it goes.
	 * @param platform the platform
	 * @param kind where a name goes that says nothing of that
	 * @param names the names, perhaps with {@code queue:}, {@code mailbox:} or
	 * {@code topic:} before them
	 * @throws IllegalArgumentException if there can be no such destination
	 */
	SentResult(Platform platform, ListenerKind kind, List<String> names) {
		names.forEach((name) -> this.destinations.add(destination(platform, kind, name)));
	}

	private static Consumer<Object> destination(Platform platform, ListenerKind kind, String name) {
		for (ListenerKind named : ListenerKind.values()) {
			String prefix = named.word() + ":";
			if (name.startsWith(prefix)) {
				return sender(platform, named, name.substring(prefix.length()));
			}
		}
		return sender(platform, kind, name);
	}

	private static Consumer<Object> sender(Platform platform, ListenerKind kind, String name) {
		return switch (kind) {
			case QUEUE -> {
				TaskQueue queue = platform.queue(name);
				yield queue::enqueue;
			}
			case MAILBOX -> {
				Mailbox mailbox = platform.mailbox(name);
				yield mailbox::send;
			}
			case TOPIC -> {
				if (name.isEmpty()) {
					throw new IllegalArgumentException("A topic has a name");
				}
				yield (result) -> platform.pubsub().publish(name, result);
			}
		};
	}

	void send(Object result) {
		this.destinations.forEach((destination) -> destination.accept(result));
	}

}
