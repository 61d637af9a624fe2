package io.ikigai.platform.rabbitmq;

import java.io.IOException;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;

/**
 * A message on its channel, not acknowledged yet.
 *
 * @param lane where it came from
 * @param channel the channel
 * @param envelope its delivery
 * @param properties its properties
 * @param body its body
 * @param since when it came without being fetched
 */
record Arrived(QueueLane lane, Channel channel, Envelope envelope, BasicProperties properties, byte[] body,
		long since) {

	TaskMessage message() {
		return TaskMessage.read(this.lane.queue(), this.properties, this.body);
	}

	/**
	 * Removes the message from the broker.
	 * @return whether this could be told to it
	 */
	boolean remove() {
		try {
			this.channel.basicAck(this.envelope.getDeliveryTag(), false);
			return true;
		}
		catch (IOException | ShutdownSignalException ex) {
			return false;
		}
	}

	/**
	 * Puts the message back where it was. It tells then that it was delivered before.
	 */
	void putBack() {
		try {
			this.channel.basicNack(this.envelope.getDeliveryTag(), false, true);
		}
		catch (IOException | ShutdownSignalException ex) {
			// The broker has put it back
			BrokerConnections.close(this.channel);
		}
	}

}
