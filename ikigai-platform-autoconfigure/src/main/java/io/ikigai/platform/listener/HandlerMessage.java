package io.ikigai.platform.listener;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TypeRef;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

/**
 * What a handler is called for as a spring-messaging message, for the argument resolvers.
 * Its payload is what a parameter of the own type gets, such as the task.
 */
abstract class HandlerMessage implements Message<Object> {

	private final Object source;

	private final UUID id;

	private final Instant createdAt;

	private @Nullable MessageHeaders headers;

	/**
	 * Creates the message.
	 * @param source what a parameter of the own type gets
	 * @param id its own id
	 * @param createdAt since when there is it
	 */
	HandlerMessage(Object source, UUID id, Instant createdAt) {
		this.source = source;
		this.id = id;
		this.createdAt = createdAt;
	}

	UUID id() {
		return this.id;
	}

	@Override
	public Object getPayload() {
		return this.source;
	}

	@Override
	public MessageHeaders getHeaders() {
		// Few handlers ask for them
		if (this.headers == null) {
			this.headers = new Headers(this.id, this.createdAt, received(), known());
		}
		return this.headers;
	}

	/**
	 * Returns the headers that came with it.
	 */
	abstract Map<String, String> received();

	/**
	 * Returns what else is known about it, which wins.
	 */
	abstract Map<String, Object> known();

	abstract String json();

	abstract <T> T payload(TypeRef<T> type);

	/**
	 * The headers; {@code id} is that of the source, not one of the message.
	 */
	private static final class Headers extends MessageHeaders {

		private static final long serialVersionUID = 1L;

		Headers(UUID id, Instant createdAt, Map<String, String> headers, Map<String, Object> known) {
			super(Map.of(), id, createdAt.toEpochMilli());
			Map<String, Object> raw = getRawHeaders();
			raw.putAll(headers);
			raw.put(ID, id);
			raw.put("createdAt", createdAt);
			raw.putAll(known);
		}

	}

}
