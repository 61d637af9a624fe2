package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells everyone that a queue has new work, after the commit: listeners of this process
 * directly, others by NOTIFY in a transaction of its own. A NOTIFY in the caller's
 * transaction would hold a lock of the whole instance through the commit's flush. While
 * one statement is under way, further announcements gather for the next, one per queue.
 * <p>
 * An announcement that is lost (the process died between commit and NOTIFY) costs time,
 * not a task: listeners also look now and then.
 */
final class QueueAnnouncer implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(QueueAnnouncer.class);

	private static final Duration SHORT_DELAY = Duration.ofSeconds(2);

	private final JdbcTemplate jdbc;

	private final Wakeups wakeups;

	private final ScheduledExecutorService timer;

	private final ExecutorService sender = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-notify");
		thread.setDaemon(true);
		return thread;
	});

	private final Map<String, String> pending = new HashMap<>();

	QueueAnnouncer(DataSource dataSource, Wakeups wakeups, ScheduledExecutorService timer) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.wakeups = wakeups;
		this.timer = timer;
	}

	/**
	 * Announces a task once the running transaction has committed, else at once.
	 */
	void announce(String queue, UUID id, int priority, Duration delay) {
		if (delay.compareTo(SHORT_DELAY) <= 0 && !delay.isNegative() && !delay.isZero()) {
			// Due before the next look at the delayed tasks would find it.
			String channel = ChannelName.ofQueue(queue);
			afterCommit(() -> this.timer.schedule(() -> this.wakeups.wake(channel), delay.toMillis() + 1,
					TimeUnit.MILLISECONDS));
		}
		afterCommit(() -> announceNow(queue, "{\"id\": \"" + id + "\", \"priority\": " + priority + "}"));
	}

	/**
	 * Announces that a queue may be claimed from again.
	 */
	void announceResumed(String queue) {
		afterCommit(() -> announceNow(queue, "{}"));
	}

	private static void afterCommit(Runnable announcement) {
		if (TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.isActualTransactionActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
				@Override
				public void afterCommit() {
					announcement.run();
				}
			});
		}
		else {
			announcement.run();
		}
	}

	private void announceNow(String queue, String json) {
		String channel = ChannelName.ofQueue(queue);
		this.wakeups.wake(channel);
		boolean idle;
		synchronized (this.pending) {
			idle = this.pending.isEmpty();
			this.pending.put(channel, json);
		}
		if (idle && !this.sender.isShutdown()) {
			this.sender.execute(this::send);
		}
	}

	private void send() {
		Map<String, String> batch;
		synchronized (this.pending) {
			batch = Map.copyOf(this.pending);
			this.pending.clear();
		}
		try {
			String[] channels = batch.keySet().toArray(String[]::new);
			String[] payloads = batch.values().toArray(String[]::new);
			this.jdbc.execute("SELECT pg_notify(n.channel, n.payload) FROM unnest(?, ?) AS n(channel, payload)",
					(PreparedStatement statement) -> {
						statement.setArray(1, statement.getConnection().createArrayOf("text", channels));
						statement.setArray(2, statement.getConnection().createArrayOf("text", payloads));
						return statement.execute();
					});
		}
		catch (RuntimeException ex) {
			logger.warn("Could not notify other processes of new tasks; they find them at their next look", ex);
		}
	}

	@Override
	public void close() {
		this.sender.shutdown();
		try {
			if (!this.sender.awaitTermination(2, TimeUnit.SECONDS)) {
				this.sender.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.sender.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

}
