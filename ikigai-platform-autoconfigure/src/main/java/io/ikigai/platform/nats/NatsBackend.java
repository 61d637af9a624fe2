package io.ikigai.platform.nats;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StreamInfo;
import org.jspecify.annotations.Nullable;

/**
 * The platform on NATS 2.10 and later, a cluster included. Safe for use by several
 * threads.
 */
public final class NatsBackend implements BackendStatus, AutoCloseable {

	private final Set<String> services;

	private final NatsConnection connection;

	private final MailboxStreams streams;

	private final @Nullable NatsMailboxStore mailboxStore;

	private final NatsTopicStore topicStore;

	/**
	 * Connects, and creates the streams of the mailboxes if those run on it.
	 * @param settings the settings
	 * @throws NatsUnusableException if it does not answer or lacks JetStream
	 */
	public NatsBackend(NatsSettings settings) {
		this.services = settings.services();
		this.connection = new NatsConnection(settings);
		this.streams = new MailboxStreams(settings);
		try {
			this.topicStore = new NatsTopicStore(this.connection, settings.prefix());
			this.mailboxStore = this.services.contains("mailboxes") ? mailboxStore(settings) : null;
		}
		catch (RuntimeException ex) {
			this.connection.close();
			throw ex;
		}
	}

	private NatsMailboxStore mailboxStore(NatsSettings settings) {
		if (!this.connection.server().isJetStreamAvailable()) {
			throw new NatsUnusableException("NATS at " + this.connection.address()
					+ " runs without JetStream, which mailboxes need (nats-server -js)", null);
		}
		this.streams.create(this.connection);
		return new NatsMailboxStore(this.connection, this.streams, settings.agentName());
	}

	/**
	 * Returns the mailboxes.
	 * @return the store
	 * @throws IllegalStateException if they do not run on this backend
	 */
	public MailboxStore mailboxStore() {
		if (this.mailboxStore == null) {
			throw new IllegalStateException("Mailboxes do not run on NATS: its services are " + this.services);
		}
		return this.mailboxStore;
	}

	/**
	 * Returns publish and subscribe.
	 * @return the store
	 */
	public TopicStore topicStore() {
		return this.topicStore;
	}

	@Override
	public String backend() {
		return "nats";
	}

	@Override
	public Set<String> services() {
		return this.services;
	}

	@Override
	public Condition condition() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("servers", this.connection.address());
		details.put("connection", this.connection.connection().getStatus().toString());
		if (this.connection.connection().getStatus() != Connection.Status.CONNECTED) {
			return new Condition(false, false, details);
		}
		try {
			details.put("version", this.connection.server().getVersion());
			details.put("server", this.connection.server().getServerName());
			details.put("maxPayloadBytes", this.connection.maxPayloadBytes());
			details.put("roundTripMicros", this.connection.connection().RTT().toNanos() / 1000);
			if (this.mailboxStore != null) {
				StreamInfo stream = this.connection.management().getStreamInfo(this.streams.messages());
				details.put("mailboxMessages", stream.getStreamState().getMsgCount());
				details.put("replicas", stream.getConfiguration().getReplicas());
				// A server that refuses all writes, as with a full disk, still answers
				// reads
				this.connection.jetStream().publish(this.streams.healthSubject(), new byte[0]);
			}
			return new Condition(true, true, details);
		}
		catch (IOException | JetStreamApiException | IllegalStateException ex) {
			details.put("error", NatsUnusableException.withoutSecrets(String.valueOf(ex.getMessage())));
			return new Condition(false, false, details);
		}
	}

	@Override
	public void close() {
		if (this.mailboxStore != null) {
			this.mailboxStore.close();
		}
		this.connection.close();
	}

}
