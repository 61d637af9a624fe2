package io.ikigai.platform.redis;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Who in this process waits for tasks of which queue. Woken by the queue's channel; what
 * nobody tells, that a task becomes due or a lease ends, is asked for: when it happens
 * next, and at least every five seconds. Safe for use by several threads.
 */
final class QueueWakeups implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(QueueWakeups.class);

	private static final long LONGEST_MILLIS = 5000;

	private final StringRedisTemplate redis;

	private final RedisSettings settings;

	private final RedisChannels channels;

	private final Map<String, Waiting> queues = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-redis-queues");
		thread.setDaemon(true);
		return thread;
	});

	QueueWakeups(StringRedisTemplate redis, RedisSettings settings, RedisChannels channels) {
		this.redis = redis;
		this.settings = settings;
		this.channels = channels;
	}

	synchronized AutoCloseable add(String queue, Runnable wake) {
		Runnable own = wake::run;
		Waiting waiting = this.queues.get(queue);
		if (waiting == null) {
			waiting = new Waiting(queue);
			this.queues.put(queue, waiting);
			this.timer.execute(waiting::look);
		}
		waiting.who.add(own);
		return () -> remove(queue, own);
	}

	private synchronized void remove(String queue, Runnable wake) throws Exception {
		Waiting waiting = this.queues.get(queue);
		if (waiting != null && waiting.who.remove(wake) && waiting.who.isEmpty()) {
			this.queues.remove(queue);
			waiting.ended = true;
			AutoCloseable listening = waiting.listening;
			if (listening != null) {
				listening.close();
			}
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	private final class Waiting implements RedisChannels.Listener {

		private final String queue;

		private final Set<Runnable> who = new CopyOnWriteArraySet<>();

		private volatile boolean ended;

		private volatile @Nullable AutoCloseable listening;

		private boolean failing;

		private long looks;

		Waiting(String queue) {
			this.queue = queue;
		}

		@Override
		public void heard(String channel, byte[] message) {
			wake();
			// What was told of may be due later.
			soon();
		}

		@Override
		public void missed() {
			wake();
			soon();
		}

		private void soon() {
			if (!QueueWakeups.this.timer.isShutdown()) {
				QueueWakeups.this.timer.execute(this::look);
			}
		}

		private void wake() {
			this.who.forEach(Runnable::run);
		}

		/**
		 * In the timer's thread.
		 */
		private void look() {
			long number = ++this.looks;
			long next = LONGEST_MILLIS;
			try {
				if (this.ended) {
					return;
				}
				if (this.listening == null) {
					listen();
				}
				List<Object> found = QueueScripts.NEXT.run(QueueWakeups.this.redis, QueueWakeups.this.settings,
						this.queue, List.of());
				if (Long.parseLong(String.valueOf(found.get(0))) > 0) {
					wake();
				}
				long until = Long.parseLong(String.valueOf(found.get(1)));
				next = (until >= 0) ? Math.min(next, until + 1) : next;
				this.failing = false;
			}
			catch (RuntimeException | Error ex) {
				if (!this.failing) {
					this.failing = true;
					logger.warn("Could not look for tasks of queue '" + this.queue + "'; trying again", ex);
				}
			}
			if (!QueueWakeups.this.timer.isShutdown()) {
				QueueWakeups.this.timer.schedule(() -> {
					// A later look has taken over.
					if (this.looks == number) {
						look();
					}
				}, next, TimeUnit.MILLISECONDS);
			}
		}

		private void listen() {
			AutoCloseable opened = QueueWakeups.this.channels.listen(Set.of(QueueScripts.channel(this.queue)), this);
			synchronized (QueueWakeups.this) {
				this.listening = opened;
				if (!this.ended) {
					return;
				}
			}
			try {
				opened.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("Could not end the waiting for queue '" + this.queue + "'", ex);
			}
		}

	}

}
