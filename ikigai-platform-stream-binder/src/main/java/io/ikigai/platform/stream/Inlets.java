package io.ikigai.platform.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistrar;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.ConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;

/**
 * Opens what consumers receive through: listeners of the platform, among those of the
 * application.
 *
 * @param registry the application's listeners
 * @param registrar adds listeners to them
 * @param lease how long a task is held without an extension
 * @param inbound makes messages of what is received
 */
record Inlets(ListenerRegistry registry, ListenerRegistrar registrar, Duration lease, Inbound inbound) {

	/**
	 * Opens the sources of a destination; the listeners are not started.
	 * @param destination the destination
	 * @param properties of the consumer
	 * @param delivery gets what comes
	 * @param deadLetters gets what is given up, if there is such a queue
	 * @return the listeners
	 */
	List<ListenerContainer> open(StreamDestination destination,
			ExtendedConsumerProperties<IkigaiConsumerProperties> properties, Delivery delivery,
			@Nullable DeadLetterQueue deadLetters) {
		List<ListenerContainer> opened = new ArrayList<>();
		synchronized (this.registry) {
			try {
				for (String source : destination.sources()) {
					opened.add(open(destination, source, properties, delivery, deadLetters));
				}
				return opened;
			}
			catch (RuntimeException ex) {
				opened.forEach(this.registry::remove);
				throw ex;
			}
		}
	}

	private ListenerContainer open(StreamDestination destination, String source,
			ExtendedConsumerProperties<IkigaiConsumerProperties> properties, Delivery delivery,
			@Nullable DeadLetterQueue deadLetters) {
		String id = id(properties, source);
		if (destination.transientlyConsumed()) {
			return topic(id, source, (message) -> delivery.deliver(this.inbound.message(message)));
		}
		Map<String, Object> attributes = new HashMap<>(Map.of("id", id, "autoStartup", false));
		// Unless the queue makes the attempts, they are those of the delivery
		attributes.put("maxAttempts", 1);
		if (destination.type() == DestinationType.MAILBOX) {
			attributes.put("mailbox", source);
			return this.registrar.add(MailboxListener.class, attributes,
					new MailboxHandling(this.inbound, delivery, deadLetters), "handle");
		}
		IkigaiConsumerProperties extension = properties.getExtension();
		boolean batched = properties.isBatchMode();
		boolean transactional = extension.isTransactional();
		attributes.put("queue", source);
		attributes.put("concurrency", properties.getConcurrency());
		attributes.put("batch", batched ? extension.getBatchSize() : "false");
		if (transactional) {
			attributes.put("claim", ClaimMode.TRANSACTION);
			attributes.put("maxAttempts", properties.getMaxAttempts());
			attributes.put("delay", properties.getBackOffInitialInterval());
			attributes.put("multiplier", properties.getBackOffMultiplier());
			attributes.put("maxDelay", properties.getBackOffMaxInterval());
			attributes.put("jitter", 0);
		}
		return this.registrar.add(IkigaiTaskListener.class, attributes,
				new QueueHandling(this.inbound, delivery, deadLetters, batched, transactional),
				batched ? "handleAll" : "handle");
	}

	/**
	 * Listens to a topic; the listener is not started.
	 * @param id the listener's id
	 * @param topic the topic
	 * @param taker takes what is published
	 * @return the listener
	 */
	ListenerContainer topic(String id, String topic, TopicHandling.Taker taker) {
		return this.registrar.add(TopicListener.class,
				Map.of("id", id, "topics", new String[] { topic }, "autoStartup", false), new TopicHandling(taker),
				"handle");
	}

	private String id(ConsumerProperties properties, String source) {
		String binding = (properties.getBindingName() != null) ? properties.getBindingName() : "binding";
		String id = binding + ":" + source;
		for (int number = 2; this.registry.find(id).isPresent(); number++) {
			id = "%s:%s#%d".formatted(binding, source, number);
		}
		return id;
	}

}
