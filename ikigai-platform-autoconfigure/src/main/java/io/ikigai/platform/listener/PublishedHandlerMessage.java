package io.ikigai.platform.listener;

import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.pubsub.PublishedMessage;

/**
 * A message of a topic as a message of spring-messaging.
 */
final class PublishedHandlerMessage extends HandlerMessage implements Handled {

	private static final long serialVersionUID = 1L;

	private final transient PublishedMessage message;

	PublishedHandlerMessage(PublishedMessage message) {
		super(message, UUID.randomUUID(), message.createdAt(), Map.of(), Map.of("topic", message.topic()));
		this.message = message;
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
