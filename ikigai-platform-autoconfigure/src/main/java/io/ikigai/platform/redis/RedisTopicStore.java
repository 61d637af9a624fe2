package io.ikigai.platform.redis;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Topics as channels of Redis, {@code ikigai:topic:} and the topic's name. A message is
 * its time by the server's clock in milliseconds, its id and its JSON, with spaces
 * between them. All are sent by way of one node, so that a publisher's messages keep
 * their order; Redis keeps none: who is away misses them, and is told so.
 */
final class RedisTopicStore implements TopicStore {

	private static final String CHANNEL = "ikigai:topic:";

	private static final int REMEMBERED = 10_000;

	private static final RedisScript<Long> PUBLISH = new DefaultRedisScript<>("""
			local now = redis.call('TIME')
			return redis.call('PUBLISH', ARGV[1], string.format('%d', now[1] * 1000 + math.floor(now[2] / 1000))
				.. ' ' .. ARGV[2] .. ' ' .. ARGV[3])""", Long.class);

	/** Only says which node. */
	private static final List<String> NODE = List.of("ikigai:{topics}");

	private final StringRedisTemplate redis;

	private final RedisChannels channels;

	RedisTopicStore(StringRedisTemplate redis, RedisChannels channels) {
		this.redis = redis;
		this.channels = channels;
	}

	@Override
	public void publish(String topic, UUID id, String json) {
		this.redis.execute(PUBLISH, NODE, CHANNEL + topic, id.toString(), json);
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
			String text = new String(message, StandardCharsets.UTF_8);
			int time = text.indexOf(' ');
			int id = text.indexOf(' ', time + 1);
			if (time < 1 || id < 0) {
				// Somebody else's: it is not what the platform publishes.
				this.subscriber.missed("a message of channel " + channel + " that was not published by the platform");
				return;
			}
			synchronized (this) {
				if (this.seen.put(text.substring(time + 1, id), true) != null) {
					return;
				}
			}
			this.backlog.add(new TopicMessage(channel.substring(CHANNEL.length()), text.substring(id + 1),
					Instant.ofEpochMilli(Long.parseLong(text.substring(0, time)))));
		}

		@Override
		public void missed() {
			this.subscriber.missed("the connection to Redis was lost for a while, and Redis keeps no messages");
		}

	}

}
