package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.mailbox.ListenedMailbox;
import io.ikigai.platform.mailbox.ListenedMessage;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageInfo;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.transaction.Ending;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A mailbox over a store. Checks what comes in before anything is written.
 */
final class RuntimeMailbox implements ListenedMailbox {

	private static final Log logger = LogFactory.getLog(RuntimeMailbox.class);

	private static final int MOST_MESSAGES = 1000;

	/** After how many messages a call ends, though none of them can be read. */
	private static final int MOST_UNREADABLE = 10_000;

	private final String name;

	private final MailboxServices services;

	private final Replies replies;

	RuntimeMailbox(String name, MailboxServices services, Replies replies) {
		this.name = Names.check("mailbox", name);
		this.services = services;
		this.replies = replies;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public UUID send(Object payload) {
		return send(payload, MessageOptions.of());
	}

	@Override
	public UUID send(Object payload, MessageOptions options) {
		options.headers().forEach((header, value) -> {
			if (UnstorableText.find(header) >= 0 || UnstorableText.find(value) >= 0) {
				throw new IllegalArgumentException(
						"Header '" + header + "' must not hold " + UnstorableText.WHAT + " in its name or value");
			}
		});
		if (options.replyTo() != null) {
			Names.check("mailbox for replies", options.replyTo());
		}
		if (options.correlationId() != null && UnstorableText.find(options.correlationId()) >= 0) {
			throw new IllegalArgumentException("A correlation id must not hold " + UnstorableText.WHAT);
		}
		return this.services.observations()
			.send("mailbox", this.name, options.headers(), (headers) -> add(payload, options, headers));
	}

	private UUID add(Object payload, MessageOptions options, Map<String, String> headers) {
		MessageOptions observed = options;
		for (Map.Entry<String, String> header : headers.entrySet()) {
			if (!header.getValue().equals(options.headers().get(header.getKey()))) {
				observed = observed.withHeader(header.getKey(), header.getValue());
			}
		}
		UUID id = FreshIds.next();
		this.services.store()
			.add(this.name, new NewMessage(id, this.services.agent(),
					this.services.json().write("message", payload, this.services.store()), observed));
		return id;
	}

	@Override
	public Optional<MailboxMessage> receive() {
		return receive(1).stream().findFirst();
	}

	@Override
	public List<MailboxMessage> receive(int max) {
		if (max < 1 || max > MOST_MESSAGES) {
			throw new IllegalArgumentException("max must be from 1 to " + MOST_MESSAGES + ", not " + max);
		}
		return List.copyOf(receiveCounting(max, this.services.maxAttempts()));
	}

	@Override
	public List<ListenedMessage> receive(int max, RetryPolicy policy) {
		// Deaths count as the mailbox is configured to, though the listener gives up
		// sooner.
		return List.copyOf(receiveCounting(max, Math.max(policy.maxAttempts(), this.services.maxAttempts())));
	}

	private List<ReceivedMessage> receiveCounting(int max, int maxAttempts) {
		List<ReceivedMessage> readable = new ArrayList<>();
		int received = 0;
		boolean more = true;
		// What comes after a message that cannot be read is as ready as that was
		while (more && readable.isEmpty() && received < MOST_UNREADABLE) {
			more = false;
			for (MessageReceipt receipt : this.services.store()
				.receive(this.name, max, this.services.lease(), maxAttempts)) {
				received++;
				ReceivedMessage message = received(receipt);
				if (receipt.flaw() == null) {
					readable.add(message);
				}
				else {
					more |= giveUp(message, receipt.flaw());
				}
			}
		}
		return readable;
	}

	private boolean giveUp(ReceivedMessage message, String flaw) {
		String what = "Message " + message.id() + " of mailbox '" + this.name + "'";
		try {
			message.fail(flaw);
			logger.warn(what + " is given up, for it cannot be read. " + flaw);
			return true;
		}
		catch (RuntimeException ex) {
			if (this.services.transactions().active()) {
				throw ex;
			}
			message.forget();
			logger.warn(what + " cannot be read and could not be given up; it is tried again when its lease has ended. "
					+ flaw, ex);
			return false;
		}
	}

	private ReceivedMessage received(MessageReceipt receipt) {
		ReceivedMessage message = new ReceivedMessage(receipt, this.services, this.replies);
		if (this.services.transactions().active()) {
			this.services.transactions().whenEnded((ending) -> {
				if (ending != Ending.COMMITTED) {
					message.forget();
				}
			});
		}
		return message;
	}

	@Override
	public AutoCloseable onMessage(Runnable wake) {
		return this.services.store().onMessage(this.name, wake);
	}

	@Override
	public Optional<MailboxMessage> receive(Duration wait) {
		return new AwaitedTake<>(this::receive, this::onMessage, this.services.pollInterval()).within(wait);
	}

	@Override
	public <R> CompletableFuture<R> ask(Object payload, Class<R> replyType, Duration timeout) {
		return ask(payload, timeout,
				(json) -> this.services.json().read("the reply of mailbox '" + this.name + "'", json, replyType));
	}

	@Override
	public <R> CompletableFuture<R> ask(Object payload, TypeRef<R> replyType, Duration timeout) {
		return ask(payload, timeout,
				(json) -> this.services.json().read("the reply of mailbox '" + this.name + "'", json, replyType));
	}

	private <R> CompletableFuture<R> ask(Object payload, Duration timeout, Replies.Reading<R> reading) {
		if (this.services.transactions().active()) {
			throw new IllegalStateException("ask of mailbox '" + this.name + "' is refused inside a transaction: the "
					+ "question would be seen only after the commit, and the reply never before it. Ask before or "
					+ "after it, or send with withReplyTo(..)");
		}
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("timeout must be more than zero, not " + timeout);
		}
		return this.replies.ask(timeout, reading, (options) -> send(payload, options));
	}

	@Override
	public long unread() {
		return this.services.store().unread(this.name);
	}

	@Override
	public List<MessageInfo> list(int limit) {
		if (limit < 1 || limit > MOST_MESSAGES) {
			throw new IllegalArgumentException("limit must be from 1 to " + MOST_MESSAGES + ", not " + limit);
		}
		return this.services.store().list(this.name, limit);
	}

	@Override
	public Optional<MailboxConsumer> consumer() {
		return this.services.store().consumer(this.name);
	}

}
