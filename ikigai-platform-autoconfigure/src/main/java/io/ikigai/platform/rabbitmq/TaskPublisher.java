package io.ikigai.platform.rabbitmq;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpTimeoutException;

/**
 * Sends tasks, and returns when the broker has confirmed that it has them. Safe for use
 * by several threads, each of which has a channel meanwhile.
 */
final class TaskPublisher {

	private static final long CONFIRM_MILLIS = 15_000;

	private static final int MOST_IDLE = 16;

	private final BrokerConnections connections;

	private final QueueTopology topology;

	private final String retention;

	private final ConcurrentLinkedDeque<Sending> idle = new ConcurrentLinkedDeque<>();

	TaskPublisher(BrokerConnections connections, QueueTopology topology, Duration failedRetention) {
		this.connections = connections;
		this.topology = topology;
		// The longest that RabbitMQ takes, 49 days
		this.retention = String.valueOf(Math.min(failedRetention.toMillis(), 4_294_967_295L));
	}

	/**
	 * Sends a task to its queue, by way of the ladder if it has to wait.
	 * @param message the task
	 * @param delayMillis how long it has to wait
	 */
	void send(TaskMessage message, long delayMillis) {
		send(message.queue(), List.of(of(message, delayMillis)));
	}

	static Outgoing of(TaskMessage message, long delayMillis) {
		if (delayMillis <= 0) {
			return new Outgoing("", QueueNames.of(message.queue()).ready(), message, false);
		}
		return new Outgoing(DelayLadder.top(), DelayLadder.routingKey(delayMillis, QueueNames.of(message.queue())),
				message.withLeft(Math.max(0, delayMillis - DelayLadder.LONGEST_MILLIS)), false);
	}

	/**
	 * Keeps a task that was given up.
	 */
	void sendToFailed(TaskMessage message) {
		send(message.queue(), List.of(new Outgoing("", QueueNames.of(message.queue()).failed(), message, true)));
	}

	/**
	 * Sends tasks of a queue.
	 */
	void send(String queue, List<Outgoing> messages) {
		try {
			List<Outgoing> returned = trySend(queue, messages);
			if (!returned.isEmpty()) {
				// Somebody has deleted the queue
				this.topology.forget();
				returned = trySend(queue, returned);
			}
			if (!returned.isEmpty()) {
				throw new AmqpException("RabbitMQ has no place for tasks of queue '" + queue + "'");
			}
		}
		catch (AmqpException ex) {
			if (!BrokerConnections.notFound(ex)) {
				throw ex;
			}
			this.topology.forget();
			trySend(queue, messages);
		}
	}

	private List<Outgoing> trySend(String queue, List<Outgoing> messages) {
		Sending sending = borrow();
		try {
			this.topology.declare(sending.channel, queue);
			if (messages.stream().anyMatch((message) -> !message.exchange().isEmpty())) {
				this.topology.declareLadder(sending.channel, queue);
			}
			for (Outgoing each : messages) {
				sending.channel.basicPublish(each.exchange(), each.routingKey(), true, false,
						each.message().properties(each.expires() ? this.retention : null), each.message().body());
			}
			if (!confirmed(sending.channel)) {
				throw new AmqpException("RabbitMQ has refused tasks of queue '" + queue + "'");
			}
			List<Outgoing> returned = new ArrayList<>();
			if (!sending.returned.isEmpty()) {
				messages.stream()
					.filter((each) -> sending.returned.contains(each.message().id().toString()))
					.forEach(returned::add);
				sending.returned.clear();
			}
			giveBack(sending);
			return returned;
		}
		catch (TimeoutException ex) {
			BrokerConnections.close(sending.channel);
			throw new AmqpTimeoutException("RabbitMQ has not confirmed tasks of queue '" + queue + "' in time", ex);
		}
		catch (IOException | ShutdownSignalException ex) {
			BrokerConnections.close(sending.channel);
			throw BrokerConnections.translated(ex);
		}
		catch (RuntimeException ex) {
			BrokerConnections.close(sending.channel);
			throw ex;
		}
	}

	// To be interrupted now would mean not to know whether the broker has the tasks
	private static boolean confirmed(Channel channel) throws TimeoutException {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return channel.waitForConfirms(CONFIRM_MILLIS);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private Sending borrow() {
		Sending sending = this.idle.pollFirst();
		while (sending != null && !sending.channel.isOpen()) {
			sending = this.idle.pollFirst();
		}
		return (sending != null) ? sending : new Sending(this.connections.openForPublishing());
	}

	private void giveBack(Sending sending) {
		if (this.idle.size() < MOST_IDLE) {
			this.idle.addFirst(sending);
		}
		else {
			BrokerConnections.close(sending.channel);
		}
	}

	void close() {
		for (Sending sending = this.idle.pollFirst(); sending != null; sending = this.idle.pollFirst()) {
			BrokerConnections.close(sending.channel);
		}
	}

	/**
	 * A message and where it goes.
	 *
	 * @param exchange the exchange, empty for a queue
	 * @param routingKey the routing key, or the queue
	 * @param message the message
	 * @param expires whether it is kept as long as failed tasks are
	 */
	record Outgoing(String exchange, String routingKey, TaskMessage message, boolean expires) {
	}

	/**
	 * A channel that confirms.
	 */
	private static final class Sending {

		private final Channel channel;

		private final Set<String> returned = ConcurrentHashMap.newKeySet();

		private Sending(Channel channel) {
			this.channel = channel;
			try {
				channel.confirmSelect();
				channel.addReturnListener((message) -> this.returned.add(message.getProperties().getMessageId()));
			}
			catch (IOException ex) {
				throw BrokerConnections.translated(ex);
			}
		}

	}

}
