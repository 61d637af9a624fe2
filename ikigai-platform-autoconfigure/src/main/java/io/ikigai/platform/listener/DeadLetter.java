package io.ikigai.platform.listener;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import io.ikigai.platform.TypeRef;

/**
 * What was given up, and why. The header {@code error} has the latter as text.
 */
final class DeadLetter extends HandlerMessage implements Handled {

	private final HandlerMessage message;

	private final Throwable error;

	DeadLetter(HandlerMessage message, Throwable error) {
		super(message.getPayload(), message.id(),
				(Instant) message.getHeaders().getOrDefault("createdAt", Instant.EPOCH));
		this.message = message;
		this.error = error;
	}

	Throwable error() {
		return this.error;
	}

	@Override
	public HandlerMessage message() {
		return this;
	}

	@Override
	Map<String, String> received() {
		return this.message.received();
	}

	@Override
	Map<String, Object> known() {
		Map<String, Object> known = new HashMap<>(this.message.known());
		known.put("error", String.valueOf(this.error));
		return known;
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
