package io.ikigai.platform.listener;

import java.util.HashMap;
import java.util.Map;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.mailbox.MailboxMessage;
import org.jspecify.annotations.Nullable;

/**
 * A message of a mailbox as a message.
 */
final class MailMessage extends HandlerMessage {

	private final MailboxMessage message;

	MailMessage(MailboxMessage message) {
		super(message, message.id(), message.createdAt());
		this.message = message;
	}

	@Override
	Map<String, String> received() {
		return this.message.headers();
	}

	@Override
	Map<String, Object> known() {
		Map<String, Object> known = new HashMap<>();
		known.put("mailbox", this.message.mailbox());
		known.put("sender", this.message.sender());
		known.put("attempt", this.message.attempt());
		putIfThere(known, "replyTo", this.message.replyTo());
		putIfThere(known, "correlationId", this.message.correlationId());
		return known;
	}

	private static void putIfThere(Map<String, Object> known, String name, @Nullable String value) {
		if (value != null) {
			known.put(name, value);
		}
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
