package io.ikigai.platform.runtime;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.StaleMessageException;
import org.jspecify.annotations.Nullable;

/**
 * A message that was handed out by a store.
 */
final class ReceivedMessage implements MailboxMessage {

	private final MessageReceipt receipt;

	private final MailboxServices services;

	private final Replies replies;

	/** Whether it was settled, perhaps in a transaction that still runs. */
	private volatile boolean settled;

	ReceivedMessage(MessageReceipt receipt, MailboxServices services, Replies replies) {
		this.receipt = receipt;
		this.services = services;
		this.replies = replies;
	}

	@Override
	public UUID id() {
		return this.receipt.id();
	}

	@Override
	public String mailbox() {
		return this.receipt.mailbox();
	}

	@Override
	public String sender() {
		return this.receipt.sender();
	}

	@Override
	public Instant createdAt() {
		return this.receipt.createdAt();
	}

	@Override
	public int attempt() {
		return this.receipt.attempt();
	}

	@Override
	public Map<String, String> headers() {
		return this.receipt.headers();
	}

	@Override
	public @Nullable String replyTo() {
		return this.receipt.replyTo();
	}

	@Override
	public @Nullable String correlationId() {
		return this.receipt.correlationId();
	}

	@Override
	public String json() {
		return this.receipt.json();
	}

	@Override
	public <T> T payload(Class<T> type) {
		return this.services.json().read(what(), json(), type);
	}

	@Override
	public <T> T payload(TypeRef<T> type) {
		return this.services.json().read(what(), json(), type);
	}

	private String what() {
		return "message " + id() + " of mailbox '" + mailbox() + "'";
	}

	@Override
	public void acknowledge() {
		settle(() -> this.services.store().finish(this.receipt, null, this.services.lease()));
	}

	@Override
	public void release() {
		settle(() -> this.services.store().release(this.receipt, this.services.maxAttempts()));
	}

	@Override
	public void fail(String error) {
		settle(() -> this.services.store().finish(this.receipt, ErrorText.of(error), this.services.lease()));
	}

	@Override
	public void reply(Object payload) {
		String replyTo = replyTo();
		if (replyTo == null) {
			throw new IllegalStateException("No reply to " + what()
					+ ": it names no mailbox for replies. Its sender asks, or sends with withReplyTo(..)");
		}
		MessageOptions options = MessageOptions.of();
		String correlationId = correlationId();
		if (correlationId != null) {
			options = options.withCorrelationId(correlationId);
		}
		new RuntimeMailbox(replyTo, this.services, this.replies).send(payload, options);
	}

	private void settle(BooleanSupplier change) {
		if (this.settled || !change.getAsBoolean()) {
			// Marked before it is thrown: who catches it must not commit.
			this.services.transactions().markForRollback();
			throw new StaleMessageException(id(), mailbox());
		}
		this.settled = true;
		if (this.services.transactions().active()) {
			this.services.transactions().whenEnded((committed) -> {
				this.settled = committed;
				if (committed) {
					this.services.leases().forget(this.receipt);
				}
			});
		}
		else {
			this.services.leases().forget(this.receipt);
		}
	}

}
