package io.ikigai.platform.nats;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.nats.MailboxState.Gone;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsJetStreamConstants;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The messages of mailboxes in their streams. Safe for use by several threads.
 */
final class MailboxMessages {

	private static final Log logger = LogFactory.getLog(MailboxMessages.class);

	private static final int NO_MESSAGE = 10037;

	private static final int SEQUENCE_NOT_FOUND = 10043;

	private static final int DELETE_FAILED = 10057;

	private static final int LONGEST_ERROR = 1000;

	private final NatsConnection connection;

	private final MailboxStreams streams;

	private final String agent;

	MailboxMessages(NatsConnection connection, MailboxStreams streams, String agent) {
		this.connection = connection;
		this.streams = streams;
		this.agent = agent;
	}

	/**
	 * Stores a message; one with the same id is stored once.
	 */
	void store(Message message) {
		try {
			this.connection.call("storing a message", () -> this.connection.jetStream().publish(message));
		}
		catch (JetStreamApiException ex) {
			throw failed("a message", ex);
		}
	}

	@Nullable MessageInfo at(String mailbox, long seq) {
		return found(() -> this.connection.management().getMessage(this.streams.messages(mailbox), seq));
	}

	/**
	 * Returns the first message of a mailbox behind a position.
	 */
	@Nullable MessageInfo after(String mailbox, long position) {
		return found(() -> this.connection.management()
			.getNextMessage(this.streams.messages(mailbox), position + 1, this.streams.messageSubject(mailbox)));
	}

	private @Nullable MessageInfo found(NatsConnection.Call<MessageInfo> call) {
		try {
			return this.connection.call("reading a message", call);
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == NO_MESSAGE) {
				return null;
			}
			throw failed("reading a message", ex);
		}
	}

	/**
	 * Deletes messages that are read; what was given up is kept elsewhere first.
	 * @return those that could not be deleted
	 */
	List<Gone> remove(String mailbox, List<Gone> gone) {
		List<Gone> left = new ArrayList<>();
		for (Gone each : gone) {
			try {
				if (each.error() != null) {
					bury(mailbox, each.seq(), each.error());
				}
				delete(mailbox, each.seq());
			}
			catch (NatsUnusableException ex) {
				logger.debug("A read message of mailbox '" + mailbox + "' is deleted later", ex);
				left.add(each);
			}
		}
		return left;
	}

	private void bury(String mailbox, long seq, String error) {
		MessageInfo stored = at(mailbox, seq);
		if (stored != null) {
			Headers headers = new Headers();
			if (stored.getHeaders() != null) {
				headers.put(stored.getHeaders().toMap());
			}
			headers.put(NatsJetStreamConstants.MSG_ID_HDR, MailboxEnvelope.id(stored).toString());
			headers.put("Ikigai-Error", ascii(error));
			headers.put("Ikigai-Given-Up-By", ascii(this.agent));
			store(NatsMessage.builder()
				.subject(this.streams.deadSubject(mailbox))
				.headers(headers)
				.data(MailboxEnvelope.bytes(stored))
				.build());
		}
	}

	private static String ascii(String text) {
		return text.substring(0, Math.min(text.length(), LONGEST_ERROR)).replaceAll("[^\\x20-\\x7e]", "?");
	}

	private void delete(String mailbox, long seq) {
		try {
			this.connection.call("deleting a message",
					() -> this.connection.management().deleteMessage(this.streams.messages(mailbox), seq, false));
		}
		catch (JetStreamApiException ex) {
			boolean absent = ex.getApiErrorCode() == SEQUENCE_NOT_FOUND
					|| (ex.getApiErrorCode() == DELETE_FAILED && at(mailbox, seq) == null);
			if (!absent) {
				throw failed("deleting a message", ex);
			}
		}
	}

	long count(String mailbox) {
		String subject = this.streams.messageSubject(mailbox);
		return subjects(this.streams.messages(mailbox), subject).stream().mapToLong(Subject::getCount).sum();
	}

	/**
	 * Lists the mailboxes that have messages in a stream.
	 */
	List<String> names(String stream) {
		return subjects(stream, ">").stream().map((subject) -> SubjectName.nameIn(subject.getName())).toList();
	}

	private List<Subject> subjects(String stream, String filter) {
		try {
			StreamInfo info = this.connection.call("counting messages",
					() -> this.connection.management().getStreamInfo(stream, StreamInfoOptions.filterSubjects(filter)));
			return info.getStreamState().getSubjects();
		}
		catch (JetStreamApiException ex) {
			throw failed("counting messages", ex);
		}
	}

	private NatsUnusableException failed(String what, JetStreamApiException ex) {
		return new NatsUnusableException(
				"NATS at " + this.connection.address() + " refuses " + what + ": " + ex.getMessage(), ex);
	}

}
