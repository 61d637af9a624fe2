package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import io.ikigai.platform.mailbox.ListenedMessage;
import io.ikigai.platform.mailbox.MailboxErrorHandler;
import io.ikigai.platform.mailbox.StaleMessageException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A message that was received for a listener.
 */
final class ReceivedMail implements Received {

	private static final Log logger = LogFactory.getLog(ReceivedMail.class);

	private final ListenedMessage message;

	private final MailboxEndpoint endpoint;

	private final ListenerRun run;

	private final LongAdder droppedReplies;

	ReceivedMail(ListenedMessage message, MailboxEndpoint endpoint, ListenerRun run, LongAdder droppedReplies) {
		this.message = message;
		this.endpoint = endpoint;
		this.run = run;
		this.droppedReplies = droppedReplies;
	}

	@Override
	public HandlerMessage message() {
		return new MailMessage(this.message);
	}

	/**
	 * Asks whether what follows may be handled.
	 */
	boolean handled() {
		return this.message.settled() && !this.message.released();
	}

	@Override
	public void begin() {
		this.message.handledBy(this.endpoint.listener().id());
	}

	@Override
	public boolean settled() {
		return this.message.settled();
	}

	@Override
	public void beginSettling() {
		this.message.beginSettling();
	}

	@Override
	public void complete(@Nullable Object result) {
		boolean settled = this.message.settled();
		if (result != null && !settled && this.message.replyTo() != null) {
			this.message.acknowledge(result);
			return;
		}
		if (!settled) {
			this.message.acknowledge();
		}
		if (result != null) {
			this.droppedReplies.increment();
			logger.debug(describe() + ": dropped what its handler returned, because "
					+ (settled ? "it had settled the message itself" : "the message names no mailbox for replies"));
		}
	}

	@Override
	public boolean failAttempt(Throwable error) {
		Optional<Duration> pause = this.message.failAttempt(error, this.endpoint.retry());
		pause.ifPresent(this.run::wakeAfter);
		return pause.isEmpty();
	}

	@Override
	public void giveUp(Throwable error) {
		this.message.fail(error);
	}

	@Override
	public void release() {
		this.message.giveBack();
	}

	@Override
	public void askErrorHandler(Throwable error) throws Exception {
		MailboxErrorHandler handler = this.endpoint.errorHandler();
		if (handler != null) {
			handler.handle(this.message, error);
		}
	}

	@Override
	public boolean isStale(Throwable error) {
		return error instanceof StaleMessageException stale && stale.messageId().equals(this.message.id());
	}

	@Override
	public String describe() {
		return "Message %s of mailbox '%s' (attempt %d, listener '%s')".formatted(this.message.id(),
				this.message.mailbox(), this.message.attempt(), this.endpoint.listener().id());
	}

}
