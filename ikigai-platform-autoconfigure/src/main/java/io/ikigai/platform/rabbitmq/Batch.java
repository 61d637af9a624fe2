package io.ikigai.platform.rabbitmq;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;

/**
 * Fetches many messages without asking for each: a consumer that gets so many and is gone
 * again.
 */
final class Batch extends DefaultConsumer {

	/** After this pause another consumer may have taken the messages. */
	private static final long IDLE_MILLIS = 20;

	/** So many pauses in all, while no other consumer takes messages of the queue. */
	private static final int PAUSES = 100;

	private static final long END_SECONDS = 10;

	private final QueueLane lane;

	private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();

	private final CountDownLatch ended = new CountDownLatch(1);

	private Batch(QueueLane lane, Channel channel) {
		super(channel);
		this.lane = lane;
	}

	/**
	 * Fetches messages, perhaps fewer.
	 */
	static List<Arrived> of(QueueLane lane, Channel channel, String from, int max) throws IOException {
		Batch batch = new Batch(lane, channel);
		channel.basicQos(max);
		String tag = channel.basicConsume(from, false, batch);
		List<Arrived> all = new ArrayList<>(max);
		boolean interrupted = false;
		try {
			for (int pauses = 0; all.size() < max;) {
				Arrived next = batch.arrived.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
				if (next != null) {
					all.add(next);
				}
				else if (++pauses > PAUSES || channel.queueDeclarePassive(from).getConsumerCount() > 1) {
					break;
				}
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		channel.basicCancel(tag);
		// A quorum queue may deliver after this: see the default consumer of QueueLane.
		// An
		// interrupt waits: all that came over this channel would have to be handed out
		// again.
		if (!batch.awaitEnd()) {
			throw new IOException("RabbitMQ does not end a consumer");
		}
		batch.arrived.drainTo(all);
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		return all;
	}

	private boolean awaitEnd() {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return this.ended.await(END_SECONDS, TimeUnit.SECONDS);
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

	@Override
	public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
		this.arrived.add(new Arrived(this.lane, getChannel(), envelope, properties, body, 0));
	}

	@Override
	public void handleCancelOk(String tag) {
		this.ended.countDown();
	}

	@Override
	public void handleCancel(String tag) {
		this.ended.countDown();
	}

	@Override
	public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
		this.ended.countDown();
	}

}
