package io.ikigai.platform.redis;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Topics as channels of Redis, {@code ikigai:topic:} and the topic's name. A message is
 * published as {@link TopicFrame} says. All are sent by way of one node, so that a
 * publisher's messages keep their order; Redis keeps none: who is away misses them, and
 * is told so.
 */
final class RedisTopicStore implements TopicStore {

	private static final String CHANNEL = "ikigai:topic:";

	private static final int REMEMBERED = 10_000;

	private final TopicPublisher publisher;

	private final RedisChannels channels;

	RedisTopicStore(StringRedisTemplate redis, RedisChannels channels) {
		this.publisher = new TopicPublisher(redis);
		this.channels = channels;
	}

	@Override
	public void publish(String topic, UUID id, String json) {
		this.publisher.publish(CHANNEL + topic, id, json);
	}

	@Override
	public Subscription subscribe(Set<String> topics, TopicSubscriber subscriber) {
		AutoCloseable listening = this.channels
			.listen(topics.stream().map((topic) -> CHANNEL + topic).collect(Collectors.toSet()), new Feed(subscriber));
		return () -> {
			try {
				listening.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("Could not end the subscription of " + topics, ex);
			}
		};
	}

	/**
	 * What one subscriber is to get.
	 */
	private static final class Feed implements RedisChannels.Listener {

		private final RedisBacklog backlog;

		private final TopicSubscriber subscriber;

		// What is sent again because nobody knew whether it had arrived.
		private final Map<String, Boolean> seen = new LinkedHashMap<>() {

			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
				return size() > REMEMBERED;
			}
		};

		Feed(TopicSubscriber subscriber) {
			this.subscriber = subscriber;
			this.backlog = new RedisBacklog(subscriber);
		}

		@Override
		public void heard(String channel, byte[] message) {
			List<TopicFrame.Received> received;
			try {
				received = TopicFrame.read(channel.substring(CHANNEL.length()),
						new String(message, StandardCharsets.UTF_8));
			}
			catch (IllegalArgumentException ex) {
				// Somebody else's: it is not what the platform publishes.
				this.subscriber.missed("a message of channel " + channel + " that was not published by the platform");
				return;
			}
			for (TopicFrame.Received each : received) {
				boolean fresh;
				synchronized (this) {
					fresh = this.seen.put(each.id(), true) == null;
				}
				if (fresh) {
					this.backlog.add(each.message());
				}
			}
		}

		@Override
		public void missed() {
			this.subscriber.missed("the connection to Redis was lost for a while, and Redis keeps no messages");
		}

	}

}
