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

	private static final long serialVersionUID = 1L;

	private final transient MailboxMessage message;

	MailMessage(MailboxMessage message) {
		super(message, message.id(), message.createdAt(), message.headers(), known(message));
		this.message = message;
	}

	private static Map<String, Object> known(MailboxMessage message) {
		Map<String, Object> known = new HashMap<>();
		known.put("mailbox", message.mailbox());
		known.put("sender", message.sender());
		known.put("attempt", message.attempt());
		putIfThere(known, "replyTo", message.replyTo());
		putIfThere(known, "correlationId", message.correlationId());
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
