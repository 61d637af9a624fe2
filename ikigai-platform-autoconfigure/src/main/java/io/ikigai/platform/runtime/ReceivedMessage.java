package io.ikigai.platform.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.ListenedMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.ReleaseResult;
import io.ikigai.platform.mailbox.StaleMessageException;
import io.ikigai.platform.transaction.Ending;
import org.jspecify.annotations.Nullable;

/**
 * A message that was handed out by a store.
 */
final class ReceivedMessage implements ListenedMessage {

	private final MessageReceipt receipt;

	private final MailboxServices services;

	private final Replies replies;

	private final MailboxLeaseKeeper.Held held;

	private volatile @Nullable String listener;

	/** Whether it was settled, perhaps in a transaction that still runs. */
	private volatile boolean settled;

	private volatile boolean released;

	ReceivedMessage(MessageReceipt receipt, MailboxServices services, Replies replies) {
		this.receipt = receipt;
		this.services = services;
		this.replies = replies;
		this.held = services.leases().keep(this);
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
		finish(null);
	}

	@Override
	public void acknowledge(Object reply) {
		this.services.transactions().runOfStores(() -> {
			acknowledge();
			reply(reply);
			return null;
		});
	}

	@Override
	public void fail(String error) {
		finish(ErrorText.of(error));
	}

	@Override
	public void fail(Throwable error) {
		finish(ErrorText.of(error));
	}

	private void finish(@Nullable String error) {
		settle(() -> this.services.store().finish(this.receipt, error), () -> {
			this.services.leases().forget(this.held);
			if (error != null) {
				this.services.observer().failed(this, this.listener, error, true);
			}
		});
	}

	@Override
	public void release() {
		// A listener's container hands its messages to the program one by one
		release(new FailedAttempt(null, this.services.maxAttempts(), Duration.ZERO, this.listener == null));
	}

	@Override
	public void giveBack() {
		release(null);
	}

	@Override
	public Optional<Duration> failAttempt(Throwable error, RetryPolicy policy) {
		Duration pause = policy.delayAfter(this.receipt.failures() + 1, ThreadLocalRandom.current().nextDouble(-1, 1));
		ReleaseResult result = release(new FailedAttempt(ErrorText.of(error), policy.maxAttempts(), pause, false));
		return (result == ReleaseResult.AGAIN) ? Optional.of(pause) : Optional.empty();
	}

	private ReleaseResult release(@Nullable FailedAttempt failure) {
		AtomicReference<ReleaseResult> result = new AtomicReference<>(ReleaseResult.STALE);
		settle(() -> {
			result.set(this.services.store().release(this.receipt, failure));
			if (result.get() == ReleaseResult.SETTLED) {
				this.settled = true;
				this.services.leases().forget(this.held);
			}
			return result.get() == ReleaseResult.AGAIN || result.get() == ReleaseResult.GIVEN_UP;
		}, () -> {
			this.released = true;
			this.services.leases().forgetFrom(this.held);
			if (failure != null && failure.error() != null) {
				this.services.observer()
					.failed(this, this.listener, failure.error(), result.get() == ReleaseResult.GIVEN_UP);
			}
		});
		return Objects.requireNonNull(result.get());
	}

	@Override
	public void handledBy(String listener) {
		this.listener = listener;
	}

	@Override
	public void abandon() {
		this.services.leases().forgetFrom(this.held);
	}

	@Override
	public boolean settled() {
		return this.settled;
	}

	@Override
	public boolean released() {
		return this.released;
	}

	@Override
	public void beginSettling() {
		if (!this.services.store().beginSettling(this.receipt, this.services.lease())) {
			throw stale();
		}
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

	private void settle(BooleanSupplier change, Runnable ended) {
		boolean transactional = this.services.transactions().active();
		if (transactional) {
			beginSettling();
		}
		if (this.settled) {
			throw stale();
		}
		this.services.leases().settling(this.held);
		if (!change.getAsBoolean()) {
			throw stale();
		}
		this.settled = true;
		if (transactional) {
			this.services.transactions().whenEnded((ending) -> {
				this.settled = (ending == Ending.COMMITTED);
				if (this.settled) {
					ended.run();
				}
				else {
					this.services.leases().notSettled(this.held);
				}
			});
		}
		else {
			ended.run();
		}
	}

	// Marked before it is thrown: who catches it must not commit. The lease of later
	// messages must not end because this one is never settled.
	private StaleMessageException stale() {
		if (!this.settled) {
			this.services.leases().forget(this.held);
		}
		this.services.transactions().markForRollback();
		return new StaleMessageException(id(), mailbox());
	}

	/**
	 * Forgets that this process has the message: the transaction that received it was
	 * rolled back.
	 */
	void forget() {
		this.services.leases().forget(this.held);
	}

}
