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

import org.springframework.transaction.support.TransactionTemplate;

/**
 * A message that was received for a listener.
 */
final class ReceivedMail implements Received {

	private static final Log logger = LogFactory.getLog(ReceivedMail.class);

	private final ListenedMessage message;

	private final MailboxEndpoint endpoint;

	private final ListenerRun run;

	private final LongAdder droppedReplies;

	private final Handling handling;

	private volatile boolean abandoned;

	ReceivedMail(ListenedMessage message, MailboxEndpoint endpoint, Handling handling, ListenerRun run,
			LongAdder droppedReplies) {
		this.message = message;
		this.handling = handling;
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

	/**
	 * Asks whether it is this process's no more though this process has not given it back
	 * or given up on it: an earlier try to settle it was committed without an answer, or
	 * another process has taken over. What came after it may be handed out still.
	 */
	boolean settledByOthers() {
		return !handled() && !this.message.released() && !this.abandoned;
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
		SentResult results = this.endpoint.listener().results();
		if (result != null && !settled && results != null) {
			new TransactionTemplate(this.handling.transactionManager()).executeWithoutResult((status) -> {
				this.message.beginSettling();
				results.send(result);
				this.message.acknowledge();
			});
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
		DeadLetters deadLetters = this.handling.deadLetters();
		return (deadLetters == null) ? failed(error) : deadLetters.settle(this, error, () -> failed(error));
	}

	private boolean failed(Throwable error) {
		Optional<Duration> pause = this.message.failAttempt(error, this.endpoint.retry());
		pause.ifPresent(this.run::wakeAfter);
		return pause.isEmpty();
	}

	@Override
	public void giveUp(Throwable error) {
		DeadLetters deadLetters = this.handling.deadLetters();
		if (deadLetters == null) {
			this.message.fail(error);
			return;
		}
		deadLetters.settle(this, error, () -> {
			this.message.fail(error);
			return true;
		});
	}

	@Override
	public void release() {
		this.message.giveBack();
	}

	@Override
	public void abandon() {
		this.abandoned = true;
		this.message.abandon();
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
