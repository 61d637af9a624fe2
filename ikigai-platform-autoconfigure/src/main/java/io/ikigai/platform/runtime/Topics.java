package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.pubsub.ListenedTopics;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.PubSubStatus;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.telemetry.Telemetry;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Publish and subscribe over a store. Safe for use by several threads.
 */
public final class Topics implements PubSub, PubSubStatus, AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final TopicStore store;

	private final PayloadJson json;

	private final TopicOutcomes outcomes;

	private final Observations observations;

	private final int bufferSize;

	private final long bufferBytes;

	private final Set<TopicSubscription> open = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads;

	private volatile boolean closed;

	/**
	 * Creates the service.
	 * @param store where messages go through
	 * @param json payloads to JSON and back
	 * @param telemetry where to tell of errors
	 * @param observations who observes what is published
	 * @param bufferSize how many messages wait for the handler of one subscription at
	 * most
	 * @param bufferBytes how many bytes they take at most, roughly
	 */
	public Topics(TopicStore store, PayloadJson json, Telemetry telemetry, Observations observations, int bufferSize,
			long bufferBytes) {
		this.store = store;
		this.json = json;
		this.outcomes = new TopicOutcomes(telemetry);
		this.observations = observations;
		this.bufferSize = bufferSize;
		this.bufferBytes = bufferBytes;
		CustomizableThreadFactory factory = new CustomizableThreadFactory("ikigai-topic-");
		factory.setDaemon(true);
		this.threads = Executors.newCachedThreadPool(factory);
	}

	@Override
	public void publish(String topic, Object message) {
		Names.check("topic", topic);
		this.observations.send("topic", topic, Map.of(), (headers) -> {
			this.store.publish(topic, FreshIds.next(), this.json.write("topic message", message, this.store));
			return topic;
		});
	}

	@Override
	public <T> Subscription subscribe(String topic, Class<T> type, Consumer<T> handler) {
		return subscribe(topic, (Type) Objects.requireNonNull(type, "type"), handler);
	}

	@Override
	public <T> Subscription subscribe(String topic, TypeRef<T> type, Consumer<T> handler) {
		return subscribe(topic, type.type(), handler);
	}

	private <T> Subscription subscribe(String topic, Type type, Consumer<T> handler) {
		Objects.requireNonNull(handler, "handler");
		return open(Set.of(Names.check("topic", topic)), (message) -> handler
			.accept(this.json.read("a message of topic '" + topic + "'", message.json(), type)));
	}

	/**
	 * Returns topics as a listener sees them.
	 * @param topics the topics' names
	 * @return the topics
	 * @throws IllegalArgumentException if a name is not one of a topic
	 */
	public ListenedTopics listenTo(Set<String> topics) {
		topics.forEach((topic) -> Names.check("topic", topic));
		return (handler) -> open(topics, (message) -> handler.accept(new ReceivedPublication(message, this.json)));
	}

	private TopicSubscription open(Set<String> topics, Consumer<TopicMessage> handler) {
		topics.forEach((topic) -> Names.check("topic", topic));
		TopicSubscription subscription = new TopicSubscription(topics, handler, this.outcomes, this.threads,
				this.bufferSize, this.bufferBytes, this.open::remove);
		this.open.add(subscription);
		try {
			if (this.closed) {
				throw new IllegalStateException("The platform is closed; nothing can be subscribed to any more");
			}
			subscription.open(this.store);
		}
		catch (RuntimeException ex) {
			subscription.stop(Duration.ZERO);
			throw ex;
		}
		return subscription;
	}

	@Override
	public int subscriptions() {
		return this.open.size();
	}

	@Override
	public long handled() {
		return this.outcomes.handled.sum();
	}

	@Override
	public long failed() {
		return this.outcomes.failed.sum();
	}

	@Override
	public long missed() {
		return this.outcomes.missed.sum();
	}

	/**
	 * Closes all subscriptions, and waits for their handlers, ten seconds at most.
	 */
	@Override
	public void close() {
		this.closed = true;
		CompletableFuture
			.allOf(this.open.stream()
				.map((subscription) -> subscription.stop(PATIENCE))
				.toArray(CompletableFuture<?>[]::new))
			.join();
		this.threads.shutdown();
	}

}
