package io.ikigai.platform.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.pubsub.TopicStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The platform on Redis 6.2 and later, a Redis Cluster included. Safe for use by several
 * threads.
 */
public final class RedisBackend implements BackendStatus, AutoCloseable {

	private final Set<String> services;

	private final StringRedisTemplate redis;

	private final RedisChannels channels;

	private final RedisCacheStore cacheStore;

	private final RedisTopicStore topicStore;

	private final @Nullable AutoCloseable owned;

	/**
	 * Creates the backend; nothing is connected yet.
	 * @param connections where connections come from
	 * @param services the services that run on it
	 * @param owned what is closed with it, if anything
	 */
	public RedisBackend(RedisConnectionFactory connections, Set<String> services, @Nullable AutoCloseable owned) {
		this.services = Set.copyOf(services);
		this.redis = new StringRedisTemplate(connections);
		this.channels = new RedisChannels(connections);
		this.cacheStore = new RedisCacheStore(this.redis, this.channels);
		this.topicStore = new RedisTopicStore(this.redis, this.channels);
		this.owned = owned;
	}

	/**
	 * Returns the cache.
	 * @return the store
	 */
	public NearCacheStore cacheStore() {
		return this.cacheStore;
	}

	/**
	 * Returns publish and subscribe.
	 * @return the store
	 */
	public TopicStore topicStore() {
		return this.topicStore;
	}

	@Override
	public String backend() {
		return "redis";
	}

	@Override
	public Set<String> services() {
		return this.services;
	}

	@Override
	public Condition condition() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("listening", this.channels.listening());
		try {
			Properties server = this.redis
				.execute((RedisCallback<Properties>) (RedisConnection connection) -> connection.serverCommands()
					.info("server"));
			// A cluster tells of each of its nodes.
			details.put("version",
					(server == null) ? "unknown"
							: server.stringPropertyNames()
								.stream()
								.filter((name) -> name.endsWith("redis_version"))
								.map(server::getProperty)
								.findFirst()
								.orElse("unknown"));
		}
		catch (DataAccessException ex) {
			details.put("error", String.valueOf(ex.getMostSpecificCause().getMessage()));
			return new Condition(false, false, details);
		}
		return new Condition(true, this.channels.listening(), details);
	}

	@Override
	public void close() throws Exception {
		this.cacheStore.close();
		this.channels.close();
		if (this.owned != null) {
			this.owned.close();
		}
	}

}
