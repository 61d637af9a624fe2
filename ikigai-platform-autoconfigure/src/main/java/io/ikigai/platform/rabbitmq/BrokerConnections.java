package io.ikigai.platform.rabbitmq;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;

/**
 * The process's two connections, one of them for publishing, which the broker may hold up
 * when it is short of memory. They are opened when they are needed, again too. Safe for
 * use by several threads.
 */
final class BrokerConnections {

	private static final Log logger = LogFactory.getLog(BrokerConnections.class);

	/** How long after an attempt to connect that failed the next one is made. */
	private static final long PAUSE_NANOS = 500_000_000L;

	private final Source claiming;

	private final Source publishing;

	BrokerConnections(ConnectionFactory factory) {
		this.claiming = new Source(factory);
		ConnectionFactory other = factory.getPublisherConnectionFactory();
		this.publishing = (other != null) ? new Source(other) : this.claiming;
	}

	/**
	 * Opens a channel, which the caller closes.
	 */
	Channel open() {
		return this.claiming.open();
	}

	/**
	 * Opens a channel for publishing, which the caller closes.
	 */
	Channel openForPublishing() {
		return this.publishing.open();
	}

	/**
	 * Returns why the broker takes no messages for now, as with a full disk, if it has
	 * said so. It tells who publishes only.
	 */
	@Nullable String blocked() {
		return this.publishing.blocked();
	}

	/**
	 * Does something on a channel of its own.
	 */
	<T> T with(Work<T> work) {
		Channel channel = open();
		try {
			return work.on(channel);
		}
		catch (IOException | ShutdownSignalException ex) {
			throw translated(ex);
		}
		finally {
			close(channel);
		}
	}

	static void close(@Nullable Channel channel) {
		try {
			if (channel != null && channel.isOpen()) {
				channel.close();
			}
		}
		catch (IOException | TimeoutException | ShutdownSignalException ex) {
			logger.debug("A channel was closed already", ex);
		}
	}

	static AmqpException translated(Throwable ex) {
		RuntimeException translated = RabbitExceptionTranslator.convertRabbitAccessException(ex);
		return (translated instanceof AmqpException amqp) ? amqp : new AmqpException(ex);
	}

	/**
	 * Tells whether something failed because there is no such queue or exchange.
	 */
	static boolean notFound(Throwable ex) {
		return refused(ex, AMQP.NOT_FOUND);
	}

	/**
	 * Tells whether the broker has closed a channel with a code of AMQP's.
	 */
	static boolean refused(Throwable ex, int code) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof ShutdownSignalException signal
					&& signal.getReason() instanceof AMQP.Channel.Close close) {
				return close.getReplyCode() == code;
			}
		}
		return false;
	}

	/**
	 * What is done on a channel.
	 *
	 * @param <T> what comes of it
	 */
	interface Work<T> {

		T on(Channel channel) throws IOException;

	}

	/**
	 * Where channels of one connection come from.
	 */
	private static final class Source {

		private final ConnectionFactory factory;

		private volatile @Nullable AmqpException failure;

		private volatile long failedAt;

		private volatile @Nullable String blocked;

		private volatile com.rabbitmq.client.@Nullable Connection watched;

		private Source(ConnectionFactory factory) {
			this.factory = factory;
		}

		// A channel of the factory's own might go back into its cache with tasks on it,
		// or
		// be opened again behind our back. It is asked for one all the same: only that
		// connects.
		private Channel open() {
			AmqpException last = this.failure;
			if (last != null && System.nanoTime() - this.failedAt < PAUSE_NANOS) {
				throw new AmqpConnectException(String.valueOf(last.getMessage()), last);
			}
			try {
				Connection connection = this.factory.createConnection();
				connection.createChannel(false).close();
				Channel channel = watch(connection.getDelegate()).createChannel();
				this.failure = null;
				return channel;
			}
			catch (AmqpException ex) {
				throw failed(ex);
			}
			catch (IOException | TimeoutException | ShutdownSignalException ex) {
				throw failed(translated(ex));
			}
		}

		private @Nullable String blocked() {
			com.rabbitmq.client.Connection connection = this.watched;
			// What a connection was told that is lost says nothing of the next one
			return (connection != null && connection.isOpen()) ? this.blocked : null;
		}

		// Twice if two threads are the first, which does no harm
		private com.rabbitmq.client.Connection watch(com.rabbitmq.client.Connection connection) {
			if (this.watched != connection) {
				this.watched = connection;
				this.blocked = null;
				connection.addBlockedListener((reason) -> this.blocked = reason, () -> this.blocked = null);
			}
			return connection;
		}

		private AmqpException failed(AmqpException ex) {
			this.failedAt = System.nanoTime();
			this.failure = ex;
			return ex;
		}

	}

}
