package io.ikigai.platform.nats;

import java.time.Instant;
import java.util.UUID;

import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.nats.client.api.MessageInfo;
import org.jspecify.annotations.Nullable;

/**
 * The states of mailboxes in their stream: the last entry of a subject is the state, and
 * a new one is only taken by the server if nobody wrote since. Safe for use by several
 * threads.
 */
final class MailboxStates {

	private static final int NO_MESSAGE = 10037;

	private static final int WRONG_LAST_SEQUENCE = 10071;

	private static final int WRONG_LAST_SEQUENCE_CONSTANT = 10164;

	private final NatsConnection connection;

	private final MailboxStreams streams;

	MailboxStates(NatsConnection connection, MailboxStreams streams) {
		this.connection = connection;
		this.streams = streams;
	}

	Entry read(String mailbox) {
		try {
			MessageInfo last = this.connection.call("reading the state of a mailbox", () -> this.connection.management()
				.getLastMessage(this.streams.states(), this.streams.stateSubject(mailbox)));
			return new Entry(MailboxState.of(MailboxEnvelope.bytes(last)), last.getSeq(), last.getTime().toInstant());
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == NO_MESSAGE) {
				return new Entry(MailboxState.EMPTY, 0, Instant.EPOCH);
			}
			throw failed("reading the state of a mailbox", ex);
		}
	}

	/**
	 * Writes a state.
	 * @param before what it follows
	 * @param state the state
	 * @return the new entry, or {@code null} if another one was written since
	 */
	@Nullable Entry write(String mailbox, Entry before, MailboxState state) {
		// Whether a write whose answer was lost has happened is seen by its name
		MailboxState named = state.with(UUID.randomUUID().toString());
		byte[] bytes = named.toBytes();
		PublishOptions expected = PublishOptions.builder().expectedLastSubjectSequence(before.revision).build();
		try {
			long revision = this.connection
				.call("writing the state of a mailbox",
						() -> this.connection.jetStream().publish(this.streams.stateSubject(mailbox), bytes, expected))
				.getSeqno();
			return new Entry(named, revision, Instant.EPOCH);
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() != WRONG_LAST_SEQUENCE && ex.getApiErrorCode() != WRONG_LAST_SEQUENCE_CONSTANT) {
				throw failed("writing the state of a mailbox", ex);
			}
			Entry now = read(mailbox);
			return now.state.write().equals(named.write()) ? now : null;
		}
	}

	/**
	 * Returns the time by the clock that the entries bear.
	 */
	Instant now() {
		try {
			return this.connection.call("asking for the time",
					() -> this.connection.management().getStreamInfo(this.streams.states()).getTimestamp().toInstant());
		}
		catch (JetStreamApiException ex) {
			throw failed("asking for the time", ex);
		}
	}

	private NatsUnusableException failed(String what, JetStreamApiException ex) {
		return new NatsUnusableException(
				"NATS at " + this.connection.address() + " refuses " + what + ": " + ex.getMessage(), ex);
	}

	/**
	 * A state as it stands in the stream.
	 *
	 * @param state the state
	 * @param revision its place in the stream; 0 if there is none
	 * @param time when it was written, if it was read
	 */
	record Entry(MailboxState state, long revision, Instant time) {

		static final Entry NONE = new Entry(MailboxState.EMPTY, 0, Instant.EPOCH);

	}

}
