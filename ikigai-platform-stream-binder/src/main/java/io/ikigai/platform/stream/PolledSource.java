package io.ikigai.platform.stream;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.ikigai.platform.stream.PolledAcknowledgment.Claim;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.Lifecycle;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.core.MessageSource;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;

/**
 * What a polled consumer polls: its sources in turn. What was polled and is not
 * acknowledged when it stops is given back.
 */
final class PolledSource implements MessageSource<Object>, Lifecycle {

	private static final Log logger = LogFactory.getLog(PolledSource.class);

	private final List<? extends Supplier<Optional<Polled>>> sources;

	private final Set<PolledAcknowledgment> pending = ConcurrentHashMap.newKeySet();

	private final AtomicInteger next = new AtomicInteger();

	private final Lifecycle inlet;

	private volatile boolean running;

	/**
	 * Creates the source.
	 * @param sources poll at once
	 * @param inlet what runs while this runs
	 */
	PolledSource(List<? extends Supplier<Optional<Polled>>> sources, Lifecycle inlet) {
		this.sources = sources;
		this.inlet = inlet;
	}

	@Override
	@SuppressWarnings("unchecked")
	public @Nullable Message<Object> receive() {
		if (!this.running) {
			return null;
		}
		int first = this.next.getAndIncrement();
		for (int i = 0; i < this.sources.size(); i++) {
			Optional<Polled> polled = this.sources.get(Math.floorMod(first + i, this.sources.size())).get();
			if (polled.isPresent()) {
				PolledAcknowledgment acknowledgment = new PolledAcknowledgment(polled.get().claim(),
						this.pending::remove);
				this.pending.add(acknowledgment);
				return (Message<Object>) message(polled.get(), acknowledgment);
			}
		}
		return null;
	}

	private static Message<?> message(Polled polled, PolledAcknowledgment acknowledgment) {
		try {
			return MessageBuilder.fromMessage(polled.message().get())
				.setHeader(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, acknowledgment)
				.build();
		}
		catch (RuntimeException ex) {
			// What nobody can read would come again for ever
			acknowledgment.failed(ex);
			acknowledgment.acknowledge(PolledAcknowledgment.Status.REJECT);
			throw ex;
		}
	}

	@Override
	public void start() {
		this.inlet.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.inlet.stop();
		this.pending.forEach(PolledSource::giveBack);
		this.pending.clear();
	}

	private static void giveBack(PolledAcknowledgment acknowledgment) {
		try {
			acknowledgment.acknowledge(PolledAcknowledgment.Status.REQUEUE);
		}
		catch (RuntimeException ex) {
			// Others are given back all the same; this one comes again when its lease
			// ends
			logger.warn("What was polled cannot be given back", ex);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * What was polled.
	 *
	 * @param message makes the message of it
	 * @param claim settles it
	 */
	record Polled(Supplier<Message<?>> message, Claim claim) {
	}

}
