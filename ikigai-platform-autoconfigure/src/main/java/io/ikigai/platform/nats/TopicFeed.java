package io.ikigai.platform.nats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicSubscriber;

/**
 * A subscription: what its subscriber has no room for waits, up to a limit, and what
 * comes beyond that is lost and told. Safe for use by several threads.
 */
final class TopicFeed {

	private static final int MOST_MESSAGES = 20_000;

	private static final long MOST_BYTES = 64L * 1024 * 1024;

	private final Set<String> topics;

	private final TopicSubscriber subscriber;

	private final Deque<TopicMessage> waiting = new ArrayDeque<>();

	private long bytes;

	private boolean told;

	private boolean closed;

	TopicFeed(Set<String> topics, TopicSubscriber subscriber) {
		this.topics = Set.copyOf(topics);
		this.subscriber = subscriber;
	}

	Set<String> topics() {
		return this.topics;
	}

	synchronized void offer(TopicMessage message) {
		if (this.closed || (this.waiting.isEmpty() && this.subscriber.offer(message, this::hasRoom))) {
			return;
		}
		if (!this.waiting.isEmpty()
				&& (this.waiting.size() >= MOST_MESSAGES || this.bytes + size(message) > MOST_BYTES)) {
			if (!this.told) {
				this.told = true;
				missed("it is slower than its publishers, and NATS keeps nothing for it");
			}
			return;
		}
		this.waiting.add(message);
		this.bytes += size(message);
	}

	private static long size(TopicMessage message) {
		return 2L * message.json().length();
	}

	private synchronized void hasRoom() {
		for (TopicMessage next = this.waiting.peek(); next != null; next = this.waiting.peek()) {
			if (!this.closed && !this.subscriber.offer(next, this::hasRoom)) {
				return;
			}
			this.waiting.remove();
			this.bytes -= size(next);
		}
		this.told = false;
	}

	synchronized void missed(String reason) {
		if (!this.closed) {
			this.subscriber.missed(reason);
		}
	}

	/**
	 * Ends it.
	 * @return whether it was open
	 */
	synchronized boolean close() {
		boolean open = !this.closed;
		this.closed = true;
		this.waiting.clear();
		this.bytes = 0;
		return open;
	}

}
