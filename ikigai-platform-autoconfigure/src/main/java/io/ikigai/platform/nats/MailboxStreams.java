package io.ikigai.platform.nats;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.Republish;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;

/**
 * The streams and subjects of mailboxes. Reading is never left to a replica, which might
 * not have a message yet that its receiver was already woken for.
 */
final class MailboxStreams {

	static final String REPLY_PREFIX = "ikigai-reply-";

	private static final int STREAM_EXISTS = 10058;

	private static final int STREAM_NOT_FOUND = 10059;

	private static final int NO_SUITABLE_PEERS = 10005;

	/** Longer than a lease, and than an outbox is likely to wait. */
	private static final Duration LEAST_STATE_AGE = Duration.ofDays(2);

	private static final Duration REPLY_AGE = Duration.ofDays(1);

	private static final Duration DUPLICATES = Duration.ofMinutes(10);

	private final String prefix;

	private final int replicas;

	private final Duration retention;

	MailboxStreams(NatsSettings settings) {
		this.prefix = settings.prefix();
		this.replicas = settings.replicas();
		this.retention = settings.messageRetention();
	}

	private static boolean isReply(String mailbox) {
		return mailbox.startsWith(REPLY_PREFIX);
	}

	String messages(String mailbox) {
		return this.prefix + (isReply(mailbox) ? "_mailbox_reply" : "_mailbox");
	}

	String messageSubject(String mailbox) {
		return this.prefix + (isReply(mailbox) ? ".mailbox_reply." : ".mailbox.") + SubjectName.tokenOf(mailbox);
	}

	String messages() {
		return this.prefix + "_mailbox";
	}

	String states() {
		return this.prefix + "_mailbox_state";
	}

	String stateSubject(String mailbox) {
		return this.prefix + ".mailbox_state." + SubjectName.tokenOf(mailbox);
	}

	/**
	 * Where a health check writes, in the stream that keeps one message of each subject.
	 */
	String healthSubject() {
		return stateSubject(REPLY_PREFIX + "health");
	}

	String dead() {
		return this.prefix + "_mailbox_dead";
	}

	String deadSubject(String mailbox) {
		return this.prefix + ".mailbox_dead." + SubjectName.tokenOf(mailbox);
	}

	String wakeSubject(String mailbox) {
		return this.prefix + ".mailbox_wake." + SubjectName.tokenOf(mailbox);
	}

	/**
	 * Creates the streams, or gives them the settings.
	 */
	void create(NatsConnection connection) {
		create(connection,
				stream("_mailbox", ".mailbox.*").duplicateWindow(DUPLICATES).republish(waking(".mailbox.*")));
		create(connection,
				stream("_mailbox_reply", ".mailbox_reply.*").duplicateWindow(DUPLICATES)
					.maxAge(REPLY_AGE)
					.republish(waking(".mailbox_reply.*")));
		create(connection, stream("_mailbox_state", ".mailbox_state.*").maxMessagesPerSubject(1)
			.maxAge((this.retention.compareTo(LEAST_STATE_AGE) > 0) ? this.retention : LEAST_STATE_AGE));
		// Zero would mean for ever
		create(connection, stream("_mailbox_dead", ".mailbox_dead.*")
			.maxAge(this.retention.isZero() ? Duration.ofMillis(100) : this.retention));
	}

	// After a message is stored: a wake-up that comes before it would find nothing.
	private Republish waking(String source) {
		return Republish.builder()
			.source(this.prefix + source)
			.destination(this.prefix + ".mailbox_wake.{{wildcard(1)}}")
			.headersOnly(true)
			.build();
	}

	private StreamConfiguration.Builder stream(String name, String subjects) {
		return StreamConfiguration.builder()
			.name(this.prefix + name)
			.subjects(this.prefix + subjects)
			.storageType(StorageType.File)
			.replicas(this.replicas)
			.allowDirect(false);
	}

	private void create(NatsConnection connection, StreamConfiguration.Builder builder) {
		StreamConfiguration stream = builder.build();
		String what = "creating the stream " + stream.getName();
		try {
			connection.call(what, () -> createOrUpdate(connection, stream));
		}
		catch (JetStreamApiException ex) {
			throw new NatsUnusableException("NATS at " + connection.address() + " refuses the stream "
					+ stream.getName() + " with " + this.replicas + " replicas: " + ex.getMessage(), ex);
		}
	}

	private static boolean createOrUpdate(NatsConnection connection, StreamConfiguration stream)
			throws IOException, JetStreamApiException {
		try {
			connection.management().updateStream(stream);
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() != STREAM_NOT_FOUND) {
				throw ex;
			}
			try {
				connection.management().addStream(stream);
			}
			catch (JetStreamApiException raced) {
				if (raced.getApiErrorCode() == NO_SUITABLE_PEERS) {
					// Other servers may be about to join the cluster
					throw new IOException(raced.getMessage(), raced);
				}
				// Else another process was faster
				if (raced.getApiErrorCode() != STREAM_EXISTS) {
					throw raced;
				}
			}
		}
		return true;
	}

}
