package io.ikigai.platform.listener;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TypeRef;

import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/**
 * What a handler is called for as a spring-messaging message, for the argument resolvers.
 * Its payload is what a parameter of the own type gets, such as the task.
 */
abstract class HandlerMessage extends GenericMessage<Object> {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the message.
	 * @param source what a parameter of the own type gets
	 * @param id its own id
	 * @param createdAt since when there is it
	 * @param headers the headers that came with it
	 * @param known what else is known about it; wins
	 */
	HandlerMessage(Object source, UUID id, Instant createdAt, Map<String, String> headers, Map<String, Object> known) {
		super(source, new Headers(id, createdAt, headers, known));
	}

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
