package io.ikigai.platform.nats;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsJetStreamConstants;

/**
 * Publish and subscribe on core subjects. One dispatcher reads what comes for all
 * subscriptions of the process, so that it stays in order across topics. A subscription
 * begins where a mark of its own comes back to that dispatcher.
 */
final class NatsTopicStore implements TopicStore, PayloadLimit, NatsConnection.Watcher {

	private static final String PUBLISHED_AT = "Ikigai-Published-At";

	/** What the servers of a cluster take to tell each other of a subscription. */
	private static final long SETTLING_MILLIS = 50;

	private final NatsConnection connection;

	private final String prefix;

	private final Dispatcher dispatcher;

	private final String mark;

	private final Map<String, Set<TopicFeed>> feeds = new ConcurrentHashMap<>();

	private final Map<String, Integer> subscribers = new ConcurrentHashMap<>();

	private final Map<String, Runnable> marks = new ConcurrentHashMap<>();

	private final RecentIds recent = new RecentIds();

	NatsTopicStore(NatsConnection connection, String prefix) {
		this.connection = connection;
		this.prefix = prefix + ".topic.";
		this.dispatcher = connection.connection().createDispatcher(this::arrived);
		// What waits is limited where it waits: in the subscriptions.
		this.dispatcher.setPendingLimits(-1, -1);
		this.mark = connection.connection().createInbox();
		this.dispatcher.subscribe(this.mark);
		connection.watch(this);
	}

	@Override
	public void publish(String topic, UUID id, String json) {
		Headers headers = new Headers().add(NatsJetStreamConstants.MSG_ID_HDR, id.toString())
			.add(PUBLISHED_AT, Long.toString(System.currentTimeMillis()));
		this.connection.publish(NatsMessage.builder()
			.subject(subject(topic))
			.headers(headers)
			.data(json.getBytes(StandardCharsets.UTF_8))
			.build());
	}

	private String subject(String topic) {
		return this.prefix + SubjectName.tokenOf(topic);
	}

	@Override
	public Subscription subscribe(Set<String> topics, TopicSubscriber subscriber) {
		TopicFeed feed = new TopicFeed(topics, subscriber);
		feed.topics().forEach(this::subscribe);
		Subscription subscription = () -> end(feed);
		try {
			if (this.connection.clustered()) {
				this.connection.flush();
				NatsConnection.pause(SETTLING_MILLIS);
			}
			begin(feed);
			return subscription;
		}
		catch (TimeoutException | IllegalStateException ex) {
			subscription.close();
			throw new NatsUnusableException("NATS at " + this.connection.address() + " does not answer", ex);
		}
		catch (InterruptedException ex) {
			subscription.close();
			Thread.currentThread().interrupt();
			throw new NatsUnusableException("Interrupted while subscribing to " + topics, ex);
		}
		catch (RuntimeException ex) {
			subscription.close();
			throw ex;
		}
	}

	private synchronized void subscribe(String topic) {
		if (this.subscribers.merge(topic, 1, Integer::sum) == 1) {
			this.dispatcher.subscribe(subject(topic));
		}
	}

	// A mark that is lost with the connection is sent once more.
	private void begin(TopicFeed feed) throws InterruptedException, TimeoutException {
		long end = System.nanoTime() + NatsConnection.PATIENCE.toNanos();
		String id = UUID.randomUUID().toString();
		CompletableFuture<Boolean> begun = new CompletableFuture<>();
		this.marks.put(id, () -> begun.complete(join(feed)));
		try {
			while (true) {
				try {
					this.connection.connection().publish(this.mark, id.getBytes(StandardCharsets.UTF_8));
					begun.get(1, TimeUnit.SECONDS);
					return;
				}
				catch (TimeoutException | IllegalStateException ex) {
					if (System.nanoTime() >= end) {
						throw ex;
					}
					NatsConnection.pause(SETTLING_MILLIS);
				}
				catch (ExecutionException ex) {
					throw new IllegalStateException(ex.getCause());
				}
			}
		}
		finally {
			this.marks.remove(id);
		}
	}

	private boolean join(TopicFeed feed) {
		feed.topics()
			.forEach((topic) -> this.feeds.computeIfAbsent(topic, (key) -> ConcurrentHashMap.newKeySet()).add(feed));
		return true;
	}

	private synchronized void end(TopicFeed feed) {
		if (!feed.close()) {
			return;
		}
		for (String topic : feed.topics()) {
			this.feeds.computeIfPresent(topic, (key, all) -> {
				all.remove(feed);
				return all.isEmpty() ? null : all;
			});
			this.subscribers.computeIfPresent(topic, (key, count) -> {
				if (count == 1 && this.dispatcher.isActive()) {
					this.dispatcher.unsubscribe(subject(topic));
				}
				return (count == 1) ? null : count - 1;
			});
		}
	}

	private void arrived(Message message) {
		if (message.getSubject().equals(this.mark)) {
			Runnable begin = this.marks.remove(new String(message.getData(), StandardCharsets.UTF_8));
			if (begin != null) {
				begin.run();
			}
			return;
		}
		String id = header(message, NatsJetStreamConstants.MSG_ID_HDR);
		if (id.isEmpty() || this.recent.add(id)) {
			String topic = SubjectName.nameIn(message.getSubject());
			TopicMessage arrived = new TopicMessage(topic, new String(message.getData(), StandardCharsets.UTF_8),
					publishedAt(message));
			this.feeds.getOrDefault(topic, Set.of()).forEach((feed) -> feed.offer(arrived));
		}
	}

	private static Instant publishedAt(Message message) {
		String millis = header(message, PUBLISHED_AT);
		return millis.matches("\\d{1,15}") ? Instant.ofEpochMilli(Long.parseLong(millis)) : Instant.now();
	}

	private static String header(Message message, String name) {
		Headers headers = message.getHeaders();
		String value = (headers != null) ? headers.getFirst(name) : null;
		return (value != null) ? value : "";
	}

	@Override
	public void back() {
		missed("the connection to NATS was lost, which keeps nothing for who is away");
	}

	@Override
	public void overrun() {
		missed("more came from NATS than could be taken");
	}

	private void missed(String reason) {
		this.feeds.values().stream().flatMap(Set::stream).distinct().forEach((feed) -> feed.missed(reason));
	}

	@Override
	public long maxPayloadBytes() {
		return this.connection.maxPayloadBytes();
	}

}
