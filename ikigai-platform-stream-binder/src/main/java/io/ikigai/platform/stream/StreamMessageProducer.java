package io.ikigai.platform.stream;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;

import org.springframework.integration.core.Pausable;
import org.springframework.integration.endpoint.MessageProducerSupport;
import org.springframework.messaging.Message;

/**
 * The beginning of a consumer's binding: drives listeners of the platform, which exist
 * while it runs. A stop waits for running handlers as those of all listeners do.
 */
final class StreamMessageProducer extends MessageProducerSupport implements Pausable {

	private final Function<Consumer<Message<?>>, List<ListenerContainer>> sources;

	private final ListenerRegistry registry;

	private volatile List<ListenerContainer> listeners = List.of();

	private volatile boolean paused;

	StreamMessageProducer(Function<Consumer<Message<?>>, List<ListenerContainer>> sources, ListenerRegistry registry) {
		this.sources = sources;
		this.registry = registry;
	}

	@Override
	protected void doStart() {
		this.listeners = this.sources.apply(this::sendMessage);
		try {
			if (this.paused) {
				this.listeners.forEach(ListenerContainer::pause);
			}
			this.listeners.forEach(ListenerContainer::start);
		}
		catch (RuntimeException ex) {
			doStop();
			throw ex;
		}
	}

	@Override
	protected void doStop() {
		super.doStop();
		List<ListenerContainer> ending = this.listeners;
		this.listeners = List.of();
		ending.parallelStream().forEach(this.registry::remove);
	}

	@Override
	public void pause() {
		this.listeners.forEach(ListenerContainer::pause);
		this.paused = true;
	}

	@Override
	public void resume() {
		this.paused = false;
		this.listeners.forEach(ListenerContainer::resume);
	}

	@Override
	public boolean isPaused() {
		return this.paused;
	}

}
