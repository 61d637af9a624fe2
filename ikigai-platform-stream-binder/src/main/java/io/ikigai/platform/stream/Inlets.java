package io.ikigai.platform.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.listener.AddedMailboxListener;
import io.ikigai.platform.listener.AddedTaskListener;
import io.ikigai.platform.listener.AddedTopicListener;
import io.ikigai.platform.listener.Concurrency;
import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.listener.MailboxListenerContainerFactory;
import io.ikigai.platform.listener.TaskListenerContainerFactory;
import io.ikigai.platform.listener.TopicListenerContainerFactory;
import io.ikigai.platform.queue.ClaimMode;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.ConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;

/**
 * Opens what consumers receive through: listeners of the platform, among those of the
 * application.
 *
 * @param registry the application's listeners
 * @param queues makes listeners of queues
 * @param mailboxes makes listeners of mailboxes
 * @param topics makes listeners of topics
 * @param inbound makes messages of what is received
 */
record Inlets(ListenerRegistry registry, TaskListenerContainerFactory queues, MailboxListenerContainerFactory mailboxes,
		TopicListenerContainerFactory topics, Inbound inbound) {

	/** The attempts are those of the delivery. */
	private static final RetryPolicy ONE_ATTEMPT = new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, Duration.ZERO);

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
			return this.topics.add(
					new AddedTopicListener(id, source, (message) -> delivery.deliver(this.inbound.message(message))),
					this.registry);
		}
		if (destination.type() == DestinationType.MAILBOX) {
			return this.mailboxes.add(new AddedMailboxListener(id, source, ONE_ATTEMPT,
					new MailboxHandling(this.inbound, delivery, deadLetters)), this.registry);
		}
		IkigaiConsumerProperties extension = properties.getExtension();
		boolean batched = properties.isBatchMode();
		boolean transactional = extension.isTransactional();
		return this.queues
			.add(new AddedTaskListener(id, source, transactional ? ClaimMode.TRANSACTION : ClaimMode.LEASE,
					new Concurrency(0, properties.getConcurrency()), batched ? extension.getBatchSize() : 0,
					transactional ? attempts(properties) : ONE_ATTEMPT,
					new QueueHandling(this.inbound, delivery, deadLetters, batched, transactional)), this.registry);
	}

	private String id(ConsumerProperties properties, String source) {
		String binding = (properties.getBindingName() != null) ? properties.getBindingName() : "binding";
		String id = binding + ":" + source;
		for (int number = 2; this.registry.find(id).isPresent(); number++) {
			id = "%s:%s#%d".formatted(binding, source, number);
		}
		return id;
	}

	private static RetryPolicy attempts(ConsumerProperties properties) {
		return new RetryPolicy(properties.getMaxAttempts(), Duration.ofMillis(properties.getBackOffInitialInterval()),
				properties.getBackOffMultiplier(), Duration.ofMillis(properties.getBackOffMaxInterval()),
				Duration.ZERO);
	}

}
