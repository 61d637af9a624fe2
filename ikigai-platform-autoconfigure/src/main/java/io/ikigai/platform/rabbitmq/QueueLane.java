package io.ikigai.platform.rabbitmq;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;

/**
 * One queue as this process takes from it, over one channel. Tasks are fetched when they
 * are asked for. Who found less than it wanted has the lane listen: a consumer may get
 * one task then, which the next fetch hands out first; it is given back if none comes
 * soon. Nothing else waits here for a worker. Safe for use by several threads.
 */
final class QueueLane {

	private static final long PATIENCE_NANOS = 400_000_000L;

	/** From how many on tasks are not fetched one by one. */
	private static final int MANY = 8;

	private final String queue;

	private final BrokerConnections connections;

	private final QueueTopology topology;

	private final Consumer<Arrived> giveBack;

	private final Set<Runnable> waiting = new CopyOnWriteArraySet<>();

	/** Held while the channel is used, and while a task goes back to its place. */
	private final ReentrantLock turn = new ReentrantLock();

	private volatile @Nullable Channel channel;

	private volatile @Nullable String listening;

	/**
	 * What came by listening, one task as a rule. A consumer that was cancelled may still
	 * hand one over when the next listens already.
	 */
	private final Deque<Arrived> hand = new ConcurrentLinkedDeque<>();

	QueueLane(String queue, BrokerConnections connections, QueueTopology topology, Consumer<Arrived> giveBack) {
		this.queue = queue;
		this.connections = connections;
		this.topology = topology;
		this.giveBack = giveBack;
	}

	String queue() {
		return this.queue;
	}

	/**
	 * Fetches tasks.
	 * @param max how many at most
	 */
	List<Arrived> fetch(int max) {
		this.turn.lock();
		// Over a channel that was lost, too: this fetch opens another one
		boolean listened = this.listening != null;
		List<Arrived> arrived = new ArrayList<>();
		try {
			fetchInto(arrived, max);
		}
		finally {
			this.turn.unlock();
		}
		// Who else waits has nobody to wake it now, and there may be more
		if (listened && arrived.size() == max) {
			wake();
		}
		return arrived;
	}

	private void fetchInto(List<Arrived> arrived, int max) {
		try {
			Channel open = channel();
			silence(open);
			takeHand(open, arrived, max);
			while (arrived.size() < max) {
				GetResponse got = open.basicGet(QueueNames.of(this.queue).ready(), false);
				if (got == null) {
					break;
				}
				arrived.add(new Arrived(this, open, got.getEnvelope(), got.getProps(), got.getBody(), 0));
				int more = Math.min(max - arrived.size(), got.getMessageCount());
				if (more >= MANY) {
					arrived.addAll(Batch.of(this, open, QueueNames.of(this.queue).ready(), more));
				}
			}
			if (arrived.size() < max && !this.waiting.isEmpty()) {
				listen(open);
			}
		}
		catch (IOException | ShutdownSignalException ex) {
			if (BrokerConnections.notFound(ex)) {
				this.topology.forget();
			}
			// What was fetched is lost with its channel, and comes again
			BrokerConnections.close(this.channel);
			throw BrokerConnections.translated(ex);
		}
	}

	private Channel channel() throws IOException {
		Channel present = this.channel;
		if (present != null && present.isOpen()) {
			return present;
		}
		Channel opened = this.connections.open();
		this.topology.declare(opened, this.queue);
		// A quorum queue still delivers to a consumer that was cancelled
		opened.setDefaultConsumer(handOf(opened));
		this.channel = opened;
		this.listening = null;
		return opened;
	}

	private void listen(Channel open) throws IOException {
		if (this.listening == null) {
			open.basicQos(1);
			this.listening = open.basicConsume(QueueNames.of(this.queue).ready(), false, handOf(open));
		}
	}

	private DefaultConsumer handOf(Channel open) {
		return new DefaultConsumer(open) {
			@Override
			public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
				arrived(new Arrived(QueueLane.this, open, envelope, properties, body, System.nanoTime()));
			}
		};
	}

	private void silence(Channel open) throws IOException {
		String tag = this.listening;
		if (tag != null) {
			this.listening = null;
			open.basicCancel(tag);
		}
	}

	private void arrived(Arrived arrived) {
		this.hand.addLast(arrived);
		wake();
	}

	private void takeHand(Channel open, List<Arrived> into, int max) {
		while (into.size() < max) {
			Arrived next = this.hand.pollFirst();
			if (next == null) {
				return;
			}
			// What came over a channel that is closed comes again
			if (next.channel() == open) {
				into.add(next);
			}
		}
	}

	private void wake() {
		this.waiting.forEach(Runnable::run);
	}

	/**
	 * Wakes who waits, since something has changed that the broker does not tell.
	 */
	void changed() {
		wake();
	}

	/**
	 * Has somebody woken when there may be tasks. Listening begins when a fetch finds
	 * less than it wanted.
	 */
	AutoCloseable add(Runnable wake) {
		Runnable own = wake::run;
		this.waiting.add(own);
		return () -> {
			this.waiting.remove(own);
			restIf(this.waiting::isEmpty);
		};
	}

	/**
	 * Takes nothing any more until somebody fetches.
	 */
	void rest() {
		restIf(() -> true);
	}

	// Asked while nobody else fetches: who comes in between listens, and must not be
	// silenced
	private void restIf(BooleanSupplier reason) {
		this.turn.lock();
		try {
			if (!reason.getAsBoolean()) {
				return;
			}
			Channel present = this.channel;
			if (present != null && present.isOpen()) {
				silence(present);
			}
			for (Arrived left = this.hand.pollFirst(); left != null; left = this.hand.pollFirst()) {
				this.giveBack.accept(left);
			}
		}
		catch (IOException | ShutdownSignalException ex) {
			// What was listened with is gone
			BrokerConnections.close(this.channel);
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Looks after the lane, a few times in a second: nobody else may have a task that
	 * nobody here takes, and who waits is told when the connection was lost.
	 * @return whether it is in order
	 */
	boolean tend() {
		if (isForgotten()) {
			restIf(this::isForgotten);
		}
		return this.waiting.isEmpty() || isOpen();
	}

	private boolean isForgotten() {
		Arrived arrived = this.hand.peekFirst();
		return arrived != null && System.nanoTime() - arrived.since() > PATIENCE_NANOS;
	}

	private boolean isOpen() {
		Channel present = this.channel;
		return present != null && present.isOpen();
	}

	/**
	 * Asks whether no consumer waits for tasks and no task is in hand.
	 */
	boolean isIdle() {
		return this.waiting.isEmpty() && this.hand.isEmpty();
	}

	/**
	 * Listens again after the connection was lost.
	 */
	void restore() {
		this.turn.lock();
		try {
			listen(channel());
		}
		catch (IOException | ShutdownSignalException ex) {
			BrokerConnections.close(this.channel);
			throw BrokerConnections.translated(ex);
		}
		finally {
			this.turn.unlock();
		}
		wake();
	}

	/**
	 * Does something that must not be seen half done by who fetches in this process.
	 */
	void exclusively(Runnable work) {
		this.turn.lock();
		try {
			work.run();
		}
		finally {
			this.turn.unlock();
		}
	}

	void close() {
		this.waiting.clear();
		rest();
		BrokerConnections.close(this.channel);
	}

}
