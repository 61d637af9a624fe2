package io.ikigai.platform.runtime;

import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageObserver;
import io.ikigai.platform.telemetry.Telemetry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Emits failed attempts at messages as {@code error}.
 */
public final class MessageTelemetry implements MessageObserver {

	private static final Log logger = LogFactory.getLog(MessageTelemetry.class);

	private final Telemetry telemetry;

	/**
	 * Creates the observer.
	 * @param telemetry where to emit
	 */
	public MessageTelemetry(Telemetry telemetry) {
		this.telemetry = telemetry;
	}

	@Override
	public void failed(MailboxMessage message, @Nullable String listener, String error, boolean givenUp) {
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("mailbox", message.mailbox());
		payload.put("id", message.id().toString());
		payload.put("sender", message.sender());
		payload.put("attempt", message.attempt());
		if (listener != null) {
			payload.put("listener", listener);
		}
		payload.put("error", ErrorText.line(error));
		payload.put("givenUp", givenUp);
		try {
			this.telemetry.emit("error", OwnJson.tree(payload));
		}
		catch (RuntimeException ex) {
			// The message is settled; that must not fail any more
			logger.warn("Could not tell what became of message " + message.id(), ex);
		}
	}

}
