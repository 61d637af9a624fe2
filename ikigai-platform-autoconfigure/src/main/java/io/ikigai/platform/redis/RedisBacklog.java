package io.ikigai.platform.redis;

import java.util.ArrayDeque;
import java.util.Deque;

import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicSubscriber;

/**
 * Messages that a subscriber has no room for yet. Redis would disconnect who does not
 * read, so that this is bounded: what is too much is lost, and the subscriber is told.
 * Safe for use by several threads.
 */
final class RedisBacklog {

	private static final int MOST_MESSAGES = 100_000;

	private static final long MOST_CHARACTERS = 32_000_000;

	private final TopicSubscriber subscriber;

	private final Deque<TopicMessage> waiting = new ArrayDeque<>();

	private long characters;

	private boolean losing;

	RedisBacklog(TopicSubscriber subscriber) {
		this.subscriber = subscriber;
	}

	synchronized void add(TopicMessage message) {
		if (this.waiting.isEmpty() && this.subscriber.offer(message, this::offerAgain)) {
			return;
		}
		if (this.waiting.size() >= MOST_MESSAGES
				|| (!this.waiting.isEmpty() && this.characters + message.json().length() > MOST_CHARACTERS)) {
			if (!this.losing) {
				this.losing = true;
				this.subscriber.missed("its handler is slower than the publishers, and Redis keeps no messages");
			}
			return;
		}
		this.waiting.add(message);
		this.characters += message.json().length();
	}

	private synchronized void offerAgain() {
		TopicMessage next = this.waiting.peek();
		while (next != null && this.subscriber.offer(next, this::offerAgain)) {
			this.waiting.remove();
			this.characters -= next.json().length();
			this.losing = false;
			next = this.waiting.peek();
		}
	}

}
