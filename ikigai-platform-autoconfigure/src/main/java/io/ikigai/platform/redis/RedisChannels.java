package io.ikigai.platform.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.SubscriptionListener;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * The channels of Redis that this process listens to, over one connection: messages
 * arrive one after another in the order of the server. The connection is made when
 * somebody listens, and made anew when it is lost; then everybody is told that messages
 * may have been missed. Safe for use by several threads.
 */
final class RedisChannels implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(RedisChannels.class);

	/** How often it is looked, and how long a message may take. */
	private static final long CANARY_SECONDS = 5;

	private static final int UNHEARD = 2;

	private final RedisConnectionFactory connections;

	private final RedisMessageListenerContainer container = new RedisMessageListenerContainer();

	private final Map<String, Channel> channels = new ConcurrentHashMap<>();

	private final Heard heard = new Heard();

	private final StringRedisTemplate redis;

	/** On which this process tells itself that it hears. */
	private final String canary = "ikigai:canary:" + UUID.randomUUID();

	private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-redis-canary");
		thread.setDaemon(true);
		return thread;
	});

	private boolean started;

	private boolean canaryHeard;

	/**
	 * Canaries that the server has taken and that were not heard. One alone may have been
	 * sent while the driver was connecting again.
	 */
	private final AtomicInteger unheard = new AtomicInteger();

	private final MessageListener canaryListener = (message, pattern) -> this.unheard.set(0);

	private volatile boolean silent;

	RedisChannels(RedisConnectionFactory connections, StringRedisTemplate redis) {
		this.connections = connections;
		this.redis = redis;
	}

	private synchronized void start() {
		if (!this.started) {
			this.started = true;
			this.container.setConnectionFactory(this.connections);
			// In the thread of the connection, so that the order is kept: nobody who
			// listens blocks.
			this.container.setTaskExecutor(new SyncTaskExecutor());
			this.container.setRecoveryInterval(500);
			this.container.afterPropertiesSet();
			this.container.start();
			this.watch.scheduleWithFixedDelay(this::sing, CANARY_SECONDS, CANARY_SECONDS, TimeUnit.SECONDS);
		}
	}

	// Nothing is sent over the connection that listens, so nothing notices when the
	// network has lost it
	private void sing() {
		try {
			if (this.unheard.get() >= UNHEARD && !this.watch.isShutdown()) {
				if (!this.silent) {
					logger
						.warn("Nothing is heard on the connection that listens to channels of Redis; connecting again");
				}
				this.silent = true;
				connectAgain();
				this.unheard.set(UNHEARD - 1);
			}
			else if (this.unheard.get() == 0) {
				this.silent = false;
			}
			hearCanary();
			sendCanary();
		}
		catch (RuntimeException | Error ex) {
			// Redis is away, which the connection notices by itself when it is not silent
			logger.debug("Could not find out whether channels of Redis are heard", ex);
		}
	}

	/**
	 * Listens to the canary, for as long as the application runs. A container that has
	 * nothing left to listen to ends its subscription; what is added at that moment finds
	 * one that cannot be used any more, and so does all that comes later.
	 */
	private synchronized void hearCanary() {
		if (!this.canaryHeard) {
			// The connection may be silent already: then this is what fails
			this.unheard.incrementAndGet();
			this.container.addMessageListener(this.canaryListener, new ChannelTopic(this.canary));
			this.unheard.set(0);
			this.canaryHeard = true;
		}
	}

	private void sendCanary() {
		this.unheard.incrementAndGet();
		try {
			this.redis.convertAndSend(this.canary, "");
		}
		catch (RuntimeException | Error ex) {
			// Not taken, so that it says nothing of the connection that listens
			this.unheard.updateAndGet((count) -> Math.max(0, count - 1));
			throw ex;
		}
	}

	/**
	 * Tells whether what is to be heard is heard.
	 */
	boolean listening() {
		return !this.silent && this.channels.values().stream().allMatch((channel) -> channel.confirmed.isDone())
				&& (this.channels.isEmpty() || this.container.isListening());
	}

	/**
	 * Listens to channels, and returns when the server has confirmed that.
	 * @param names the channels
	 * @param listener is told, in the thread of the connection
	 * @return what ends it
	 */
	AutoCloseable listen(Set<String> names, Listener listener) {
		start();
		join(names, listener);
		AutoCloseable end = () -> names.forEach((name) -> leave(name, listener));
		try {
			for (String name : names) {
				Channel channel = this.channels.get(name);
				if (channel != null) {
					channel.confirmed.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
				}
			}
			return end;
		}
		catch (InterruptedException ex) {
			names.forEach((name) -> leave(name, listener));
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while subscribing to channels of Redis", ex);
		}
		catch (ExecutionException | TimeoutException ex) {
			names.forEach((name) -> leave(name, listener));
			throw new DataAccessResourceFailureException(
					"Redis did not confirm a subscription within " + PATIENCE.toSeconds() + " s", ex);
		}
	}

	/**
	 * Subscribes, again and again for a while: a lost connection refuses subscriptions
	 * until there is a new one.
	 */
	private void join(Set<String> names, Listener listener) {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			try {
				hearCanary();
				names.forEach((name) -> join(name, listener));
				return;
			}
			catch (RuntimeException ex) {
				names.forEach((name) -> leave(name, listener));
				if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
					throw new DataAccessResourceFailureException("Redis takes no subscription", ex);
				}
				connectAgain(ex);
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
	}

	// The driver waits longer and longer before it connects again
	private void connectAgain(RuntimeException cause) {
		try {
			connectAgain();
		}
		catch (RuntimeException ex) {
			cause.addSuppressed(ex);
		}
	}

	private synchronized void connectAgain() {
		this.container.stop();
		this.container.start();
	}

	private synchronized void join(String name, Listener listener) {
		Channel channel = this.channels.get(name);
		if (channel != null) {
			channel.listeners.add(listener);
			return;
		}
		Channel joined = new Channel();
		joined.listeners.add(listener);
		this.channels.put(name, joined);
		this.container.addMessageListener(this.heard, new ChannelTopic(name));
	}

	private synchronized void leave(String name, Listener listener) {
		Channel channel = this.channels.get(name);
		if (channel != null && channel.listeners.remove(listener) && channel.listeners.isEmpty()) {
			this.channels.remove(name);
			try {
				this.container.removeMessageListener(this.heard, new ChannelTopic(name));
			}
			catch (RuntimeException ex) {
				// What comes over the next connection has no listener any more
				logger.debug("The connection was lost before channel '" + name + "' could be left", ex);
			}
		}
	}

	@Override
	public synchronized void close() throws Exception {
		this.watch.shutdownNow();
		if (this.started) {
			this.container.destroy();
		}
	}

	/**
	 * Who listens to channels. Does not block.
	 */
	interface Listener {

		void heard(String channel, byte[] message);

		void missed();

	}

	private static final class Channel {

		private final Set<Listener> listeners = new CopyOnWriteArraySet<>();

		private final CompletableFuture<Boolean> confirmed = new CompletableFuture<>();

	}

	private final class Heard implements MessageListener, SubscriptionListener {

		@Override
		public void onMessage(Message message, byte @Nullable [] pattern) {
			String name = new String(message.getChannel(), StandardCharsets.UTF_8);
			tell(name, (listener) -> listener.heard(name, message.getBody()));
		}

		@Override
		public void onChannelSubscribed(byte[] name, long count) {
			Channel channel = RedisChannels.this.channels.get(new String(name, StandardCharsets.UTF_8));
			// Not the first time: the connection was lost meanwhile.
			if (channel != null && !channel.confirmed.complete(true)) {
				channel.listeners.forEach(Listener::missed);
			}
		}

		private void tell(String name, Consumer<Listener> what) {
			Channel channel = RedisChannels.this.channels.get(name);
			if (channel != null) {
				channel.listeners.forEach(what);
			}
		}

	}

}
