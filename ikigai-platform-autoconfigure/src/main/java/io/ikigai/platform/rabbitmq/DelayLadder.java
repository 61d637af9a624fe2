package io.ikigai.platform.rabbitmq;

import java.io.IOException;
import java.util.Map;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;

/**
 * Delays without a plugin: a ladder of queues whose messages all live as long, twice as
 * long on each rung. A message's routing key says on which rungs it waits, the highest
 * first: a 1 or 0 for each, and the queue it goes to in the end. Each rung dead-letters
 * into the exchange of the next lower one, and that of the lowest into {@link #DUE}. What
 * has to wait longer than the whole ladder goes again.
 */
final class DelayLadder {

	/** Where messages arrive whose time has come. */
	static final String DUE = "ikigai.due";

	static final int RUNGS = 16;

	/** How long the lowest rung holds its messages. */
	static final long UNIT_MILLIS = 50;

	static final long LONGEST_MILLIS = UNIT_MILLIS * ((1L << RUNGS) - 1);

	private DelayLadder() {
	}

	static String top() {
		return exchange(RUNGS - 1);
	}

	private static String exchange(int rung) {
		return (rung >= 0) ? "ikigai.delay" + rung : DUE;
	}

	/** A pattern that a routing key matches whose word for the rung is that one. */
	private static String pattern(int rung, String word) {
		return "*.".repeat(RUNGS - 1 - rung) + word + ".#";
	}

	static String routingKey(long millis, QueueNames queue) {
		long units = (Math.min(millis, LONGEST_MILLIS) + UNIT_MILLIS - 1) / UNIT_MILLIS;
		StringBuilder key = new StringBuilder();
		for (int rung = RUNGS - 1; rung >= 0; rung--) {
			key.append(((units >> rung) & 1) == 1 ? "1." : "0.");
		}
		return key + queue.word();
	}

	/** What all ladders share. */
	static void declareExchanges(Channel channel) throws IOException {
		for (int rung = -1; rung < RUNGS; rung++) {
			channel.exchangeDeclare(exchange(rung), BuiltinExchangeType.TOPIC, true);
			if (rung >= 0) {
				channel.exchangeBind(exchange(rung - 1), exchange(rung), pattern(rung, "0"));
			}
		}
	}

	/**
	 * Declares the rungs of a queue. They are quorum queues whatever the queue is: a
	 * classic queue loses what it dead-letters while the server stops or starts.
	 */
	static void declareRungs(Channel channel, QueueNames queue) throws IOException {
		// The top one last: where it is, all are
		for (int rung = 0; rung < RUNGS; rung++) {
			Map<String, Object> arguments = Map.of("x-queue-type", "quorum", "x-message-ttl", UNIT_MILLIS << rung,
					"x-dead-letter-exchange", exchange(rung - 1), "x-dead-letter-strategy", "at-least-once",
					"x-overflow", "reject-publish");
			channel.queueDeclare(queue.delay(rung), true, false, false, arguments);
			channel.queueBind(queue.delay(rung), exchange(rung), pattern(rung, "1") + "." + queue.word());
		}
	}

}
