package io.ikigai.platform.stream;

import org.springframework.cloud.stream.binder.LastSubscriberMessageHandler;
import org.springframework.integration.StaticMessageHeaderAccessor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.ErrorMessage;

/**
 * The last at the error channel of a polled consumer: notes why the message is about to
 * be rejected, and has whoever polls get the exception.
 */
final class PolledFailures implements LastSubscriberMessageHandler {

	@Override
	public void handleMessage(Message<?> message) {
		Throwable failure = (Throwable) message.getPayload();
		Message<?> original = (message instanceof ErrorMessage error) ? error.getOriginalMessage() : null;
		if (original != null && StaticMessageHeaderAccessor
			.getAcknowledgmentCallback(original) instanceof PolledAcknowledgment acknowledgment) {
			acknowledgment.failed(Delivery.unwrap(failure));
		}
		throw (failure instanceof MessagingException thrown) ? thrown
				: new MessagingException((original != null) ? original : message, failure);
	}

}
