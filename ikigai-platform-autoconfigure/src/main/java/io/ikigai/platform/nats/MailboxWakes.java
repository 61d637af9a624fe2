package io.ikigai.platform.nats;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.nats.client.Dispatcher;
import io.nats.client.Message;

/**
 * Wakes who waits for messages: when the server has stored one, when somebody says so,
 * and when a time has come that this process knows of. Safe for use by several threads.
 */
final class MailboxWakes implements NatsConnection.Watcher, AutoCloseable {

	/** When other servers of a cluster know of a subscription by all odds. */
	private static final long[] SETTLING_MILLIS = { 50, 300, 1000 };

	private final NatsConnection connection;

	private final MailboxStreams streams;

	private final Dispatcher dispatcher;

	private final Map<String, List<Runnable>> waiting = new ConcurrentHashMap<>();

	private final Map<String, Long> alarms = new ConcurrentHashMap<>();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread thread = new Thread(task, "ikigai-nats-wakes");
		thread.setDaemon(true);
		return thread;
	});

	MailboxWakes(NatsConnection connection, MailboxStreams streams) {
		this.connection = connection;
		this.streams = streams;
		this.dispatcher = connection.connection().createDispatcher(this::woken);
		this.timer.setRemoveOnCancelPolicy(true);
		connection.watch(this);
	}

	private void woken(Message message) {
		wake(SubjectName.nameIn(message.getSubject()));
	}

	private void wake(String mailbox) {
		this.waiting.getOrDefault(mailbox, List.of()).forEach(Runnable::run);
	}

	synchronized AutoCloseable add(String mailbox, Runnable wake) {
		String subject = this.streams.wakeSubject(mailbox);
		List<Runnable> present = this.waiting.get(mailbox);
		if (present == null) {
			present = new CopyOnWriteArrayList<>();
			this.waiting.put(mailbox, present);
			this.dispatcher.subscribe(subject);
			if (this.connection.clustered()) {
				for (long millis : SETTLING_MILLIS) {
					this.timer.schedule(() -> wake(mailbox), millis, TimeUnit.MILLISECONDS);
				}
			}
		}
		// Equal ones are kept apart
		Runnable own = wake::run;
		present.add(own);
		return () -> remove(mailbox, own);
	}

	private synchronized void remove(String mailbox, Runnable wake) {
		List<Runnable> present = this.waiting.get(mailbox);
		if (present != null && present.remove(wake) && present.isEmpty()) {
			this.waiting.remove(mailbox);
			if (this.dispatcher.isActive()) {
				this.dispatcher.unsubscribe(this.streams.wakeSubject(mailbox));
			}
		}
	}

	/**
	 * Wakes who waits in this process, later.
	 */
	void wakeAfter(String mailbox, Duration delay) {
		// A little later than by the server's clock
		long at = System.nanoTime() + delay.toNanos() + TimeUnit.MILLISECONDS.toNanos(5);
		Long earliest = this.alarms.merge(mailbox, at, (one, other) -> (one - other <= 0) ? one : other);
		if (earliest == at && !this.timer.isShutdown()) {
			this.timer.schedule(() -> alarm(mailbox, at), at - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
	}

	private void alarm(String mailbox, long at) {
		this.alarms.remove(mailbox, at);
		wake(mailbox);
	}

	/**
	 * Wakes who waits in any process: a hint.
	 */
	void announce(String mailbox) {
		try {
			this.connection.connection().publish(this.streams.wakeSubject(mailbox), new byte[0]);
		}
		catch (IllegalStateException ex) {
			// Away: everybody looks when it is back
		}
	}

	@Override
	public void back() {
		List.copyOf(this.waiting.keySet()).forEach(this::wake);
	}

	@Override
	public void overrun() {
		back();
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
