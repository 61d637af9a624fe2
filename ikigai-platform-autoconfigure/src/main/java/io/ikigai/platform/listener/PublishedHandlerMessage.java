package io.ikigai.platform.listener;

import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.pubsub.PublishedMessage;

/**
 * A message of a topic as a message of spring-messaging.
 */
final class PublishedHandlerMessage extends HandlerMessage implements Handled {

	private final PublishedMessage message;

	PublishedHandlerMessage(PublishedMessage message) {
		super(message, UUID.randomUUID(), message.createdAt());
		this.message = message;
	}

	@Override
	Map<String, String> received() {
		return Map.of();
	}

	@Override
	Map<String, Object> known() {
		return Map.of("topic", this.message.topic());
	}

	@Override
	public HandlerMessage message() {
		return this;
	}

	@Override
	String json() {
		return this.message.json();
	}

	@Override
	<T> T payload(TypeRef<T> type) {
		return this.message.payload(type);
	}

}
