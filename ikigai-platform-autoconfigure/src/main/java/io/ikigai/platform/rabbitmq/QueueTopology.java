package io.ikigai.platform.rabbitmq;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import io.ikigai.platform.KnownNames;

import org.springframework.dao.InvalidDataAccessResourceUsageException;

/**
 * Declares what queues need on the broker. Safe for use by several threads.
 */
final class QueueTopology {

	private static final int HIGHEST_PRIORITY = 9;

	/** A worker may take as long as it extends its lease. */
	private static final long CONSUMER_TIMEOUT_MILLIS = 315_360_000_000L;

	private final boolean quorum;

	private final KnownNames queues = new KnownNames();

	private final KnownNames ladders = new KnownNames();

	QueueTopology(boolean quorum) {
		this.quorum = quorum;
	}

	private Map<String, Object> kind() {
		return Map.of("x-queue-type", this.quorum ? "quorum" : "classic");
	}

	/**
	 * Declares a queue for ready tasks and one for failed ones, if that was not done yet.
	 */
	void declare(Channel channel, String queue) throws IOException {
		if (this.queues.contains(queue)) {
			return;
		}
		QueueNames names = QueueNames.of(queue);
		Map<String, Object> arguments = new HashMap<>(kind());
		arguments.put("x-consumer-timeout", CONSUMER_TIMEOUT_MILLIS);
		if (this.quorum) {
			arguments.put("x-delivery-limit", -1);
		}
		else {
			arguments.put("x-max-priority", HIGHEST_PRIORITY);
		}
		declare(channel, names.ready(), arguments);
		declare(channel, names.failed(), kind());
		this.queues.add(queue);
	}

	private void declare(Channel channel, String name, Map<String, Object> arguments) throws IOException {
		try {
			channel.queueDeclare(name, true, false, false, arguments);
		}
		catch (IOException ex) {
			if (BrokerConnections.refused(ex, AMQP.PRECONDITION_FAILED)) {
				throw new InvalidDataAccessResourceUsageException("RabbitMQ has a queue '" + name
						+ "' that is not as ikigai.rabbitmq.queue-type = " + arguments.get("x-queue-type")
						+ " has it. Set it to what it was, or let the queue run empty and" + " delete it", ex);
			}
			throw ex;
		}
	}

	/**
	 * Declares what a queue's delayed tasks need, if that was not done yet.
	 */
	void declareLadder(Channel channel, String queue) throws IOException {
		if (this.ladders.contains(queue)) {
			return;
		}
		QueueNames names = QueueNames.of(queue);
		if (this.ladders.size() == 0) {
			DelayLadder.declareExchanges(channel);
		}
		channel.queueBind(names.ready(), DelayLadder.DUE, "#." + names.word());
		DelayLadder.declareRungs(channel, names);
		this.ladders.add(queue);
	}

	/**
	 * Forgets what was declared: somebody removed something.
	 */
	void forget() {
		this.queues.clear();
		this.ladders.clear();
	}

}
