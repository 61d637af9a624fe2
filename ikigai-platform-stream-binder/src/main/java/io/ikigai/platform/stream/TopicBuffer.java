package io.ikigai.platform.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.pubsub.PublishedMessage;
import io.ikigai.platform.stream.PolledAcknowledgment.Claim;
import io.ikigai.platform.stream.PolledSource.Polled;

import org.springframework.context.Lifecycle;

/**
 * What was published on topics and waits to be polled. When it is full, what comes waits
 * at the backend, for as long as that keeps it.
 */
final class TopicBuffer implements Lifecycle {

	private static final int ROOM = 100;

	private final BlockingDeque<PublishedMessage> waiting = new LinkedBlockingDeque<>(ROOM);

	private final Inlets inlets;

	private final List<String> topics;

	private final List<ListenerContainer> listeners = new ArrayList<>();

	private volatile boolean running;

	TopicBuffer(Inlets inlets, List<String> topics) {
		this.inlets = inlets;
		this.topics = topics;
	}

	private void put(PublishedMessage message) throws InterruptedException {
		boolean taken = false;
		while (this.running && !taken) {
			taken = this.waiting.offer(message, 100, TimeUnit.MILLISECONDS);
		}
	}

	Optional<Polled> poll() {
		PublishedMessage message = this.waiting.poll();
		return Optional.ofNullable(message)
			.map((present) -> new Polled(() -> this.inlets.inbound().message(present), new Taken(present)));
	}

	@Override
	public synchronized void start() {
		if (this.running) {
			return;
		}
		this.running = true;
		for (String topic : this.topics) {
			ListenerContainer listener = this.inlets.topic("polled:" + topic + "@" + Integer.toHexString(hashCode()),
					topic, this::put);
			this.listeners.add(listener);
			listener.start();
		}
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		this.listeners.forEach(this.inlets.registry()::remove);
		this.listeners.clear();
		this.waiting.clear();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * A message that was polled: there is nothing to settle.
	 */
	private final class Taken implements Claim {

		private final PublishedMessage message;

		Taken(PublishedMessage message) {
			this.message = message;
		}

		@Override
		public void accept() {
		}

		@Override
		public void reject(Throwable error) {
		}

		@Override
		public void requeue() {
			// Into a full buffer it does not fit: what comes next is not held up for it
			TopicBuffer.this.waiting.offerFirst(this.message);
		}

	}

}
