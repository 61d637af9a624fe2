package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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

	private static final Log logger = LogFactory.getLog(RedisBackend.class);

	private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

	/** What the health check writes. */
	private static final String HEALTH = "ikigai:health";

	private static final Duration HEALTH_KEPT = Duration.ofMinutes(1);

	private final RedisSettings settings;

	private final StringRedisTemplate redis;

	private final RedisChannels channels;

	private final QueueWakeups wakeups;

	private final RedisTaskStore taskStore;

	private final RedisTaskInspection taskInspection;

	private final RedisCacheStore cacheStore;

	private final RedisTopicStore topicStore;

	private final UUID instance = UUID.randomUUID();

	private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

	private final @Nullable AutoCloseable owned;

	private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-redis-retention");
		thread.setDaemon(true);
		return thread;
	});

	/**
	 * Creates the backend; nothing is connected yet.
	 * @param connections where connections come from
	 * @param settings the configuration
	 * @param owned what is closed with it, if anything
	 */
	public RedisBackend(RedisConnectionFactory connections, RedisSettings settings, @Nullable AutoCloseable owned) {
		this.settings = settings;
		this.redis = new ConnectedRedisTemplate(connections);
		this.channels = new RedisChannels(connections, this.redis);
		this.wakeups = new QueueWakeups(this.redis, settings, this.channels);
		this.taskStore = new RedisTaskStore(this.redis, settings, this.wakeups);
		this.taskInspection = new RedisTaskInspection(this.redis, settings);
		this.cacheStore = new RedisCacheStore(this.redis, this.channels);
		this.topicStore = new RedisTopicStore(this.redis, this.channels);
		this.owned = owned;
		if (settings.services().contains("queues")) {
			this.sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_INTERVAL.toMillis(), SWEEP_INTERVAL.toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	// Any number of processes may do it.
	private void sweep() {
		try {
			this.taskInspection.deleteFinished(this.settings.completedRetention(), this.settings.failedRetention());
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not delete tasks past their retention; trying again in a while", ex);
		}
	}

	/**
	 * Returns the task queues.
	 * @return the store
	 */
	public TaskStore taskStore() {
		return this.taskStore;
	}

	/**
	 * Returns what looks at tasks.
	 * @return the inspection
	 */
	public TaskInspection taskInspection() {
		return this.taskInspection;
	}

	/**
	 * Returns the cache.
	 * @return the store
	 */
	public NearCacheStore cacheStore() {
		return this.cacheStore;
	}

	/**
	 * Returns mailboxes.
	 * @param agent who reads
	 * @param retention how long read messages are kept
	 * @return a store, which is closed with the backend
	 */
	public MailboxStore mailboxStore(String agent, Duration retention) {
		RedisMailboxStore store = new RedisMailboxStore(this.redis, this.channels, agent, this.instance, retention);
		this.opened.add(store);
		return store;
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
		return this.settings.services();
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
			// A server that refuses all writes, as with a full disk, still answers reads
			this.redis.opsForValue().set(HEALTH, this.instance.toString(), HEALTH_KEPT);
		}
		catch (DataAccessException ex) {
			details.put("error", String.valueOf(ex.getMostSpecificCause().getMessage()));
			return new Condition(false, false, details);
		}
		return new Condition(true, this.channels.listening(), details);
	}

	@Override
	public void close() throws Exception {
		this.sweeper.shutdownNow();
		this.wakeups.close();
		for (AutoCloseable each : this.opened) {
			each.close();
		}
		this.cacheStore.close();
		this.channels.close();
		if (this.owned != null) {
			this.owned.close();
		}
	}

}
