package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageInfo;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.mailbox.ReleaseResult;
import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.outbox.Settlement;
import io.ikigai.platform.outbox.SettlementStore;
import org.jspecify.annotations.Nullable;

/**
 * A store on another backend than the database, for use within that database's
 * transactions: messages are sent through the outbox, what was received is given back by
 * a rollback, and an acknowledgement is recorded with the transaction and told to the
 * store after the commit. Outside transactions the store itself. Safe for use by several
 * threads.
 */
public final class ForeignMailboxStore implements MailboxStore, PayloadLimit, AutoCloseable {

	private static final String SERVICE = "mailboxes";

	private final MailboxStore store;

	private final OutboxRelay<NewMessage> relay;

	private final Settlements settlements;

	/**
	 * Wraps a store.
	 * @param store the store
	 * @param outbox the outbox
	 * @param settlements what transactions have settled
	 * @param transactions the transactions of the platform's database
	 */
	public ForeignMailboxStore(MailboxStore store, OutboxStore outbox, SettlementStore settlements,
			PlatformTransactions transactions) {
		this.store = store;
		this.settlements = new Settlements(settlements, transactions);
		this.relay = new OutboxRelay<>(SERVICE, outbox, transactions, OutboxBody::message,
				(left) -> left.forEach((one) -> store.add(one.destination(), one.content())));
	}

	@Override
	public void add(String mailbox, NewMessage message) {
		if (this.relay.passes()) {
			this.store.add(mailbox, message);
		}
		else {
			this.relay.leave(List.of(new OutboxMessage(SERVICE, mailbox, message.id(), OutboxBody.of(message))));
		}
	}

	@Override
	public List<MessageReceipt> receive(String mailbox, int max, Duration lease, int maxAttempts) {
		List<MessageReceipt> received;
		List<MessageReceipt> handedOut;
		do {
			handedOut = this.store.receive(mailbox, max, lease, maxAttempts);
			received = this.settlements.withoutSettled(handedOut, (receipt) -> receipt.attempt() > 1,
					MessageReceipt::id, this::tell);
		}
		while (received.isEmpty() && !handedOut.isEmpty());
		if (this.settlements.inTransaction()) {
			this.settlements.undoneWithTransaction(received, MessageReceipt::id, this::tell,
					(left) -> this.store.release(left.get(0), null));
		}
		return received;
	}

	private boolean tell(MessageReceipt receipt, String outcome) {
		return this.store.finish(receipt, OutboxBody.finishError(outcome));
	}

	@Override
	public boolean beginSettling(MessageReceipt message, Duration lease) {
		this.settlements.begin(lease);
		return this.store.beginSettling(message, lease);
	}

	@Override
	public boolean finish(MessageReceipt message, @Nullable String error) {
		if (!this.settlements.inTransaction()) {
			return this.settlements.settledBefore(message, message.id(), this::tell)
					|| this.store.finish(message, error);
		}
		return this.settlements.record(message,
				new Settlement(message.id(), message.token(), OutboxBody.ofFinish(error), true),
				() -> this.store.finish(message, error), this::tell);
	}

	// At once, also within a transaction: it comes again in any case, whether that
	// commits or not.
	@Override
	public ReleaseResult release(MessageReceipt message, @Nullable FailedAttempt failure) {
		return this.settlements.settledBefore(message, message.id(), this::tell) ? ReleaseResult.SETTLED
				: this.store.release(message, failure);
	}

	@Override
	public void handOver(String mailbox) {
		this.store.handOver(mailbox);
	}

	@Override
	public void extend(Collection<String> mailboxes, Duration lease) {
		this.store.extend(mailboxes, lease);
	}

	@Override
	public long unread(String mailbox) {
		return this.store.unread(mailbox);
	}

	@Override
	public List<MessageInfo> list(String mailbox, int limit) {
		return this.store.list(mailbox, limit);
	}

	@Override
	public Optional<MailboxConsumer> consumer(String mailbox) {
		return this.store.consumer(mailbox);
	}

	@Override
	public List<String> mailboxes() {
		return this.store.mailboxes();
	}

	@Override
	public AutoCloseable onMessage(String mailbox, Runnable wake) {
		return this.store.onMessage(mailbox, wake);
	}

	@Override
	public long maxPayloadBytes() {
		return PayloadJson.limitOf(this.store);
	}

	@Override
	public void close() {
		this.relay.close();
	}

}
