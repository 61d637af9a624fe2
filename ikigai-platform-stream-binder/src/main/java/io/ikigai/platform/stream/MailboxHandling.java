package io.ikigai.platform.stream;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.mailbox.MailboxMessage;
import org.jspecify.annotations.Nullable;

/**
 * Handles the messages of a mailbox by handing them to a binding's channel.
 *
 * @param inbound makes messages of them
 * @param delivery hands the messages over
 * @param deadLetters gets what is given up, if there is such a queue
 */
record MailboxHandling(Inbound inbound, Delivery delivery, @Nullable DeadLetterQueue deadLetters) {

	void handle(MailboxMessage message) throws Exception {
		this.delivery.deliver(this.inbound.message(message));
	}

	@DeadLetterHandler
	void givenUp(MailboxMessage message, Throwable error) {
		if (this.deadLetters != null) {
			this.deadLetters.add(message.mailbox(), message.json(), message.headers(), error);
		}
	}

}
