package io.ikigai.platform.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ServerInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The connection to the servers, which comes back by itself. While it is away nothing is
 * kept to be sent later: who is told that something failed must not see it happen. Safe
 * for use by several threads.
 */
final class NatsConnection implements ConnectionListener, ErrorListener, AutoCloseable {

	private static final Log logger = LogFactory.getLog(NatsConnection.class);

	/** How long calls try again while no server, or no leader, answers. */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

	private static final long PAUSE_MILLIS = 50;

	/** What headers and the protocol take of the server's limit. */
	private static final long HEADER_ROOM = 16 * 1024;

	private static final int UNAVAILABLE = 503;

	private final String address;

	private final Connection connection;

	private final JetStream jetStream;

	private final JetStreamManagement management;

	private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

	private final AtomicLong losses = new AtomicLong();

	private final AtomicLong published = new AtomicLong();

	private final Object flushing = new Object();

	/** Guarded by {@link #flushing}. */
	private long flushed;

	NatsConnection(NatsSettings settings) {
		this.address = NatsUnusableException.withoutSecrets(settings.url());
		try {
			this.connection = Nats.connect(options(settings));
			JetStreamOptions requests = JetStreamOptions.builder().requestTimeout(REQUEST_TIMEOUT).build();
			this.jetStream = this.connection.jetStream(requests);
			this.management = this.connection.jetStreamManagement(requests);
		}
		catch (AuthenticationException ex) {
			throw new NatsUnusableException("NATS at " + this.address + " refuses the credentials", ex);
		}
		catch (IOException ex) {
			throw new NatsUnusableException("NATS at " + this.address + " cannot be reached: " + ex.getMessage(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NatsUnusableException("Interrupted while connecting to NATS at " + this.address, ex);
		}
	}

	private Options options(NatsSettings settings) {
		try {
			Options.Builder options = new Options.Builder().server(settings.url())
				.connectionName("ikigai " + settings.agentName())
				.connectionTimeout(Duration.ofSeconds(5))
				.maxReconnects(-1)
				.reconnectWait(Duration.ofMillis(250))
				.reconnectBufferSize(0)
				.pingInterval(Duration.ofSeconds(3))
				// A flush is a ping too
				.maxPingsOut(5)
				.connectionListener(this)
				.errorListener(this);
			if (settings.username() != null && settings.password() != null) {
				options.userInfo(settings.username().toCharArray(), settings.password().toCharArray());
			}
			if (settings.tls() != null) {
				options.sslContext(settings.tls().createSslContext());
			}
			if (settings.token() != null) {
				options.token(settings.token().toCharArray());
			}
			return options.build();
		}
		catch (IllegalArgumentException ex) {
			throw new NatsUnusableException(
					"The URL of NATS must look like nats://127.0.0.1:4222 or tls://host:4222, several joined by commas",
					null);
		}
	}

	String address() {
		return this.address;
	}

	Connection connection() {
		return this.connection;
	}

	JetStream jetStream() {
		return this.jetStream;
	}

	JetStreamManagement management() {
		return this.management;
	}

	ServerInfo server() {
		return this.connection.getServerInfo();
	}

	/**
	 * Returns whether what one server knows of subscriptions is told to others.
	 */
	boolean clustered() {
		String cluster = server().getCluster();
		return cluster != null && !cluster.isEmpty();
	}

	long maxPayloadBytes() {
		return Math.max(server().getMaxPayload() - HEADER_ROOM, 0);
	}

	void watch(Watcher watcher) {
		this.watchers.add(watcher);
	}

	/**
	 * Does what may be done twice, again while NATS does not answer.
	 * @throws JetStreamApiException if JetStream answers with an error
	 */
	<T> T call(String what, Call<T> call) throws JetStreamApiException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			Exception failure;
			try {
				return call.call();
			}
			catch (JetStreamApiException ex) {
				if (ex.getErrorCode() != UNAVAILABLE) {
					throw ex;
				}
				failure = ex;
			}
			// An IllegalStateException: there is no connection now
			catch (IOException | IllegalStateException ex) {
				failure = ex;
			}
			if (System.nanoTime() >= end || this.connection.getStatus() == Connection.Status.CLOSED) {
				throw new NatsUnusableException("NATS at " + this.address + " does not answer: " + what
						+ " failed with " + failure.getMessage(), failure);
			}
			pause(PAUSE_MILLIS);
		}
	}

	/**
	 * Publishes, and waits until the server has it.
	 */
	void publish(Message message) {
		long lossesBefore = this.losses.get();
		try {
			this.connection.publish(message);
			flush(this.published.incrementAndGet());
		}
		catch (IllegalStateException | TimeoutException ex) {
			throw new NatsUnusableException(
					"NATS at " + this.address + " does not answer; whether it has the message is not known", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NatsUnusableException("Interrupted while publishing", ex);
		}
		if (this.losses.get() != lossesBefore) {
			throw new NatsUnusableException("The connection to NATS at " + this.address
					+ " was lost while publishing; whether it has the message is not known", null);
		}
	}

	/**
	 * Waits until the server has all that was sent before.
	 */
	void flush() throws InterruptedException, TimeoutException {
		flush(this.published.incrementAndGet());
	}

	// Those who publish at the same moment share a round trip.
	private void flush(long upTo) throws InterruptedException, TimeoutException {
		synchronized (this.flushing) {
			if (this.flushed < upTo) {
				long all = this.published.get();
				this.connection.flush(REQUEST_TIMEOUT);
				this.flushed = all;
			}
		}
	}

	static void pause(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NatsUnusableException("Interrupted while waiting for NATS", ex);
		}
	}

	@Override
	public void connectionEvent(Connection connection, Events event) {
		switch (event) {
			case DISCONNECTED -> {
				this.losses.incrementAndGet();
				logger.warn("The connection to NATS at " + this.address + " is lost; connecting again");
			}
			case RESUBSCRIBED -> {
				logger.info("Connected to NATS at " + this.address + " again");
				this.watchers.forEach(Watcher::back);
			}
			default -> logger.debug("NATS at " + this.address + ": " + event);
		}
	}

	@Override
	public void slowConsumerDetected(Connection connection, Consumer consumer) {
		this.watchers.forEach(Watcher::overrun);
	}

	@Override
	public void errorOccurred(Connection connection, String error) {
		logger.warn("NATS at " + this.address + ": " + NatsUnusableException.withoutSecrets(error));
	}

	@Override
	public void exceptionOccurred(Connection connection, Exception exception) {
		logger
			.debug("NATS at " + this.address + ": " + NatsUnusableException.withoutSecrets(String.valueOf(exception)));
	}

	@Override
	public void close() {
		try {
			this.connection.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What may be done again when NATS does not answer.
	 */
	@FunctionalInterface
	interface Call<T> {

		T call() throws IOException, JetStreamApiException;

	}

	/**
	 * Who has to know that messages may be lost.
	 */
	interface Watcher {

		/**
		 * The connection is back; what was sent meanwhile did not come.
		 */
		void back();

		/**
		 * More came than could be taken.
		 */
		void overrun();

	}

}
