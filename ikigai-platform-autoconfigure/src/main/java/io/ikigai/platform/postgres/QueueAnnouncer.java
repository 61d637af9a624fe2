package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.transaction.CallerTransactions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Tells everyone that a queue has new work, after the commit: listeners of this process
 * directly, others by NOTIFY in a transaction of its own. A NOTIFY in the caller's
 * transaction would hold a lock of the whole instance through the commit's flush. While
 * one statement is under way, further announcements gather for the next, one per channel.
 * <p>
 * An announcement that is lost (the process died between commit and NOTIFY) costs time,
 * not a task: listeners also look now and then.
 */
final class QueueAnnouncer implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(QueueAnnouncer.class);

	private static final String NOT_NOTIFIED = "Could not notify other processes of new tasks or messages; they "
			+ "find them at their next look";

	/** About what claims under load are spaced by. */
	static final Duration PAUSE = Duration.ofMillis(5);

	private static final Duration SHORT_DELAY = Duration.ofSeconds(2);

	private final JdbcTemplate jdbc;

	private final CallerTransactions transactions;

	private final Wakeups wakeups;

	private final ScheduledExecutorService timer;

	private final ChannelPace pace;

	private final ScheduledExecutorService sender;

	private final Map<String, String> pending = new HashMap<>();

	/**
	 * Creates the announcer.
	 * @param jdbc where the notifications go
	 * @param transactions the transactions of its callers
	 * @param wakeups who waits in this process
	 * @param timer what wakes for tasks that are due soon
	 * @param pause how long further announcements on a channel gather under load
	 */
	QueueAnnouncer(JdbcTemplate jdbc, CallerTransactions transactions, Wakeups wakeups, ScheduledExecutorService timer,
			Duration pause) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.wakeups = wakeups;
		this.timer = timer;
		this.pace = new ChannelPace(pause.toNanos());
		this.sender = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "ikigai-notify");
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Announces a task that was claimed and is in its queue again.
	 */
	void announceAgain(TaskClaim claim) {
		announce(claim.queue(), claim.id(), claim.priority(), Duration.ZERO);
	}

	/**
	 * Announces a task once the running transaction has committed, else at once.
	 */
	void announce(String queue, UUID id, int priority, Duration delay) {
		String json = "{\"id\": \"" + id + "\", \"priority\": " + priority + "}";
		// A task that is due before the next look at the delayed ones would find it needs
		// a timer of its own.
		boolean soon = !delay.isNegative() && !delay.isZero() && delay.compareTo(SHORT_DELAY) <= 0;
		afterCommit(ChannelName.ofQueue(queue), new Announcement(json, soon ? delay.toMillis() + 1 : 0));
	}

	/**
	 * Announces a message once the running transaction has committed, else at once.
	 * @param id the message, or {@code null} when it is one that was handed out
	 */
	void announceMessage(String mailbox, @Nullable UUID id) {
		String json = (id != null) ? "{\"id\": \"" + id + "\"}" : "{}";
		afterCommit(ChannelName.ofMailbox(mailbox), new Announcement(json, 0));
	}

	/**
	 * Announces a message of a topic once the running transaction has committed, else at
	 * once.
	 * @param sender tells this process that it was woken already
	 */
	void announceTopic(String topic, String sender) {
		afterCommit(ChannelName.ofTopic(topic), new Announcement(sender, 0));
	}

	private void afterCommit(String channel, Announcement announcement) {
		if (this.transactions.running()) {
			this.transactions.part(this, OfTransaction::new).announce(channel, announcement);
		}
		else {
			announceNow(channel, announcement);
		}
	}

	private void announceNow(String channel, Announcement announcement) {
		this.wakeups.wake(channel, null);
		if (announcement.wakeAgainMillis > 0) {
			this.timer.schedule(() -> this.wakeups.wake(channel, null), announcement.wakeAgainMillis,
					TimeUnit.MILLISECONDS);
		}
		notify(channel, announcement.json);
	}

	/**
	 * Sends a notification soon, in a transaction of its own.
	 */
	void notify(String channel, String payload) {
		long wait;
		synchronized (this.pending) {
			if (this.pending.put(channel, payload) != null) {
				return;
			}
			wait = this.pace.waitNanos(channel, System.nanoTime());
		}
		if (!this.sender.isShutdown()) {
			try {
				this.sender.schedule(this::send, Math.max(0, wait), TimeUnit.NANOSECONDS);
			}
			catch (RuntimeException | Error ex) {
				// What stays in pending with nothing under way would never be sent again
				synchronized (this.pending) {
					this.pending.remove(channel);
				}
				logger.warn(NOT_NOTIFIED, ex);
			}
		}
	}

	private void send() {
		Map<String, String> batch;
		synchronized (this.pending) {
			batch = Map.copyOf(this.pending);
			this.pending.clear();
			this.pace.sent(batch.keySet(), System.nanoTime());
		}
		if (batch.isEmpty()) {
			// Sent with others
			return;
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
		catch (RuntimeException | Error ex) {
			logger.warn(NOT_NOTIFIED, ex);
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

	/**
	 * What is announced on a channel.
	 *
	 * @param json the notification's payload
	 * @param wakeAgainMillis after how long waiters of this process are woken again, or 0
	 */
	private record Announcement(String json, long wakeAgainMillis) {
	}

	/**
	 * What one transaction announces when it commits: once per channel, however many
	 * tasks it enqueues.
	 */
	private final class OfTransaction implements TransactionSynchronization {

		private final Map<String, Announcement> announcements = new LinkedHashMap<>();

		OfTransaction() {
			QueueAnnouncer.this.transactions.register(this);
		}

		void announce(String channel, Announcement announcement) {
			this.announcements.merge(channel, announcement, (present, added) -> new Announcement(present.json,
					Math.max(present.wakeAgainMillis, added.wakeAgainMillis)));
		}

		@Override
		public void afterCommit() {
			this.announcements.forEach(QueueAnnouncer.this::announceNow);
		}

	}

}
