package io.ikigai.platform.nats;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.mailbox.ReleaseResult;
import io.ikigai.platform.nats.HeldMailboxes.Held;
import io.ikigai.platform.nats.MailboxStates.Entry;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Mailboxes on JetStream: a stream with a subject for each mailbox, and beside it a
 * stream whose last entry of a mailbox says who holds it and what was handed out. Every
 * change is one entry that the server takes only if nobody wrote since; that fences.
 */
final class NatsMailboxStore implements MailboxStore, PayloadLimit, AutoCloseable {

	private static final Log logger = LogFactory.getLog(NatsMailboxStore.class);

	private static final int TRIES = 40;

	private static final long PAUSE_MILLIS = 5;

	private static final int MOST_REMEMBERED = 1000;

	private final String self = UUID.randomUUID().toString();

	private final NatsConnection connection;

	private final MailboxStreams streams;

	private final MailboxStates states;

	private final MailboxMessages messages;

	private final MailboxWakes wakes;

	private final HeldMailboxes held = new HeldMailboxes(MOST_REMEMBERED);

	NatsMailboxStore(NatsConnection connection, MailboxStreams streams, String agent) {
		this.connection = connection;
		this.streams = streams;
		this.states = new MailboxStates(connection, streams);
		this.messages = new MailboxMessages(connection, streams, agent);
		this.wakes = new MailboxWakes(connection, streams);
	}

	@Override
	public void add(String mailbox, NewMessage message) {
		Message envelope = MailboxEnvelope.message(this.streams.messageSubject(mailbox), message);
		this.messages.store(envelope);
	}

	@Override
	public List<MessageReceipt> receive(String mailbox, int max, Duration lease, int maxAttempts) {
		return this.held.with(mailbox, (mine) -> {
			for (int i = 0; i < TRIES; i++) {
				List<MessageReceipt> received = tryToReceive(mailbox, mine, max, lease, maxAttempts);
				if (received != null) {
					return received;
				}
				NatsConnection.pause(ThreadLocalRandom.current().nextLong(PAUSE_MILLIS));
			}
			// Others are at it
			return List.of();
		});
	}

	private @Nullable List<MessageReceipt> tryToReceive(String mailbox, Held mine, int max, Duration lease,
			int maxAttempts) {
		Entry entry = current(mailbox, mine);
		MailboxState state = entry.state().withGone(this.messages.remove(mailbox, mine.toRemove(entry.state().gone())));
		if (state.handedOut() && !state.holder().equals(this.self)) {
			Duration left = Duration.between(this.states.now(), entry.time().plusMillis(state.leaseMillis()));
			if (!left.isNegative() && !left.isZero()) {
				this.wakes.wakeAfter(mailbox, left);
				return List.of();
			}
			state = takeOver(state, maxAttempts);
		}
		else {
			// A receive that failed after all has left them
			state = state.giveBackUnknown(mine::hasReached);
		}
		long handOut = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
		Picked picked = pick(mailbox, state, max, handOut);
		MailboxState next = state.handOut(picked.out.isEmpty() ? state.holder() : this.self,
				picked.out.isEmpty() ? state.leaseMillis() : lease.toMillis(), picked.out, picked.lost);
		if (!next.equals(entry.state()) && (!picked.out.isEmpty() || !next.items().equals(entry.state().items()))) {
			Entry written = this.states.write(mailbox, entry, next);
			mine.wrote(written);
			if (written == null) {
				return null;
			}
			removeGone(mailbox, mine, written.state());
		}
		if (!picked.out.isEmpty()) {
			mine.reached(handOut);
		}
		return picked.receipts;
	}

	private static MailboxState takeOver(MailboxState state, int maxAttempts) {
		long first = state.items().stream().filter(MailboxState.Item::isHandedOut).findFirst().orElseThrow().seq();
		return state.giveBack(first, new FailedAttempt(null, maxAttempts, Duration.ZERO, true), 0);
	}

	private Picked pick(String mailbox, MailboxState state, int max, long handOut) {
		Picked picked = new Picked(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		for (MailboxState.Item item : state.given()) {
			if (picked.out.size() >= max) {
				return picked;
			}
			if (item.due() != 0) {
				Duration left = Duration.between(this.states.now(), Instant.ofEpochMilli(item.due()));
				if (!left.isNegative() && !left.isZero()) {
					this.wakes.wakeAfter(mailbox, left);
					return picked;
				}
			}
			MessageInfo stored = this.messages.at(mailbox, item.seq());
			if (stored == null) {
				// Somebody has deleted it
				picked.lost.add(item);
			}
			else {
				picked.add(mailbox, stored,
						new MailboxState.Item(item.seq(), item.attempt() + 1, item.failures(), handOut, 0));
			}
		}
		long position = state.position();
		while (picked.out.size() < max) {
			MessageInfo stored = this.messages.after(mailbox, position);
			if (stored == null) {
				break;
			}
			position = stored.getSeq();
			picked.add(mailbox, stored, new MailboxState.Item(position, 1, 0, handOut, 0));
		}
		return picked;
	}

	// What this process wrote last is the state while it holds the mailbox; if it does
	// not any more, the next write tells.
	private Entry current(String mailbox, Held mine) {
		Entry known = mine.entry();
		if (known != null && known.state().holder().equals(this.self) && known.state().handedOut()) {
			return known;
		}
		return this.states.read(mailbox);
	}

	/**
	 * Changes a state as long as a message is in this process's hands.
	 * @return the new state, or {@code null} if the message is not
	 */
	private @Nullable MailboxState change(MessageReceipt message, UnaryOperator<MailboxState> change) {
		String mailbox = message.mailbox();
		return this.held.with(mailbox, (mine) -> {
			Entry entry = current(mailbox, mine);
			for (int i = 0; i < TRIES; i++) {
				if (!entry.state().holder().equals(this.self) || !entry.state()
					.has(message.token().getLeastSignificantBits(), message.token().getMostSignificantBits())) {
					return null;
				}
				MailboxState next = change.apply(entry.state().withGone(mine.toRemove(entry.state().gone())));
				Entry written = this.states.write(mailbox, entry, next);
				mine.wrote(written);
				if (written != null) {
					removeGone(mailbox, mine, written.state());
					return written.state();
				}
				entry = this.states.read(mailbox);
			}
			throw new NatsUnusableException("Mailbox '" + mailbox + "' changes too often", null);
		});
	}

	private void removeGone(String mailbox, Held mine, MailboxState state) {
		mine.removed(state, this.messages.remove(mailbox, state.gone()));
	}

	@Override
	public boolean beginSettling(MessageReceipt message, Duration lease) {
		return change(message, (state) -> state.withLease(Math.max(lease.toMillis(), state.leaseMillis()))) != null;
	}

	@Override
	public boolean finish(MessageReceipt message, @Nullable String error) {
		return change(message, (state) -> state.finish(message.token().getLeastSignificantBits(), error)) != null;
	}

	@Override
	public ReleaseResult release(MessageReceipt message, @Nullable FailedAttempt failure) {
		long seq = message.token().getLeastSignificantBits();
		long due = (failure == null || failure.pause().isZero()) ? 0
				: this.states.now().plus(failure.pause()).toEpochMilli();
		MailboxState released = change(message, (state) -> state.giveBack(seq, failure, due));
		if (released == null) {
			return ReleaseResult.STALE;
		}
		// Those who wait must also learn when it is due
		this.wakes.announce(message.mailbox());
		return released.items().stream().anyMatch((item) -> item.seq() == seq) ? ReleaseResult.AGAIN
				: ReleaseResult.GIVEN_UP;
	}

	@Override
	public void handOver(String mailbox) {
		if (this.messages.after(mailbox, 0) != null) {
			this.wakes.announce(mailbox);
		}
	}

	@Override
	public void extend(Collection<String> mailboxes, Duration lease) {
		mailboxes.forEach((mailbox) -> this.held.<@Nullable Void>with(mailbox, (mine) -> {
			extend(mailbox, mine, lease);
			return null;
		}));
	}

	private void extend(String mailbox, Held mine, Duration lease) {
		Entry entry = current(mailbox, mine);
		for (int i = 0; i < TRIES && entry.state().handedOut() && entry.state().holder().equals(this.self); i++) {
			Entry written = this.states.write(mailbox, entry, entry.state().withLease(lease.toMillis()));
			mine.wrote(written);
			if (written != null) {
				return;
			}
			entry = this.states.read(mailbox);
		}
	}

	@Override
	public long unread(String mailbox) {
		this.messages.remove(mailbox, this.states.read(mailbox).state().gone());
		return this.messages.count(mailbox);
	}

	@Override
	public List<io.ikigai.platform.mailbox.MessageInfo> list(String mailbox, int limit) {
		throw unsupported("Looking at messages");
	}

	@Override
	public Optional<MailboxConsumer> consumer(String mailbox) {
		throw unsupported("Who received last");
	}

	private static UnsupportedByBackendException unsupported(String what) {
		return new UnsupportedByBackendException(what, "nats", "Set ikigai.services.mailboxes = postgres or redis.");
	}

	@Override
	public List<String> mailboxes() {
		Set<String> names = new TreeSet<>();
		Stream.of(this.streams.messages(), this.streams.states(), this.streams.dead())
			.flatMap((stream) -> this.messages.names(stream).stream())
			.filter((name) -> !name.startsWith(MailboxStreams.REPLY_PREFIX))
			.forEach(names::add);
		return List.copyOf(names);
	}

	@Override
	public AutoCloseable onMessage(String mailbox, Runnable wake) {
		return this.wakes.add(mailbox, wake);
	}

	@Override
	public long maxPayloadBytes() {
		return this.connection.maxPayloadBytes();
	}

	/**
	 * Leaves what is still held to others at once.
	 */
	@Override
	public void close() {
		this.wakes.close();
		this.held.forEach((mailbox, mine) -> {
			Entry entry = mine.entry();
			if (entry != null && entry.state().handedOut() && entry.state().holder().equals(this.self)) {
				try {
					this.states.write(mailbox, entry, entry.state().withLease(0));
					this.wakes.announce(mailbox);
				}
				catch (RuntimeException ex) {
					logger.debug("Could not leave mailbox '" + mailbox + "'; its lease ends by itself", ex);
				}
			}
		});
	}

	/**
	 * What is handed out.
	 *
	 * @param receipts as it is handed out
	 * @param out as the state remembers it
	 * @param lost what the state remembers and is not there
	 */
	private record Picked(List<MessageReceipt> receipts, List<MailboxState.Item> out, List<MailboxState.Item> lost) {

		private void add(String mailbox, MessageInfo stored, MailboxState.Item item) {
			this.receipts.add(MailboxEnvelope.receipt(mailbox, stored, item));
			this.out.add(item);
		}

	}

}
