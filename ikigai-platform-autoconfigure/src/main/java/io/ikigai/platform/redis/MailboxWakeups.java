package io.ikigai.platform.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Wakes who waits for messages of mailboxes: when something is published on the mailbox's
 * channel, when that may have been missed, and when a pause or another holder's lease may
 * have ended, which nobody publishes. A channel is listened to for a while longer than
 * somebody waits, for who waits again and again. Safe for use by several threads.
 */
final class MailboxWakeups implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(MailboxWakeups.class);

	private static final long AGAIN_SECONDS = 1;

	private static final long LINGER_SECONDS = 30;

	private final RedisChannels channels;

	private final Map<String, Set<Waiting>> waiting = new ConcurrentHashMap<>();

	private final Map<String, Timer> timers = new ConcurrentHashMap<>();

	// Used by the thread only.
	private final Map<String, AutoCloseable> listening = new HashMap<>();

	private boolean troubled;

	private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread created = new Thread(task, "ikigai-redis-mailboxes");
		created.setDaemon(true);
		return created;
	});

	MailboxWakeups(RedisChannels channels) {
		this.channels = channels;
		this.thread.setRemoveOnCancelPolicy(true);
	}

	static String channel(String mailbox) {
		return MailboxScripts.prefix(mailbox) + "wake";
	}

	/**
	 * Adds who waits, and wakes it when it is sure to be woken from then on.
	 */
	AutoCloseable add(String mailbox, Runnable wake) {
		Waiting added = new Waiting(wake);
		this.waiting.compute(mailbox, (name, present) -> {
			Set<Waiting> all = (present != null) ? present : ConcurrentHashMap.newKeySet();
			all.add(added);
			return all;
		});
		try {
			this.thread.execute(() -> listen(mailbox));
		}
		catch (RejectedExecutionException ex) {
			throw new IllegalStateException("The platform is closed; nothing can be received any more", ex);
		}
		return () -> this.waiting.computeIfPresent(mailbox, (name, all) -> {
			all.remove(added);
			if (!all.isEmpty()) {
				return all;
			}
			if (!this.thread.isShutdown()) {
				this.thread.schedule(() -> leave(mailbox), LINGER_SECONDS, TimeUnit.SECONDS);
			}
			return null;
		});
	}

	private void listen(String mailbox) {
		if (!this.waiting.containsKey(mailbox) || this.listening.containsKey(mailbox)) {
			return;
		}
		try {
			this.listening.put(mailbox, this.channels.listen(Set.of(channel(mailbox)), new Woken(mailbox)));
			this.troubled = false;
			// What came before may have woken nobody
			wake(mailbox);
		}
		catch (RuntimeException | Error ex) {
			if (this.thread.isShutdown()) {
				return;
			}
			if (!this.troubled) {
				logger.warn("Nothing wakes who waits for messages for now; trying again: " + ex.getMessage());
			}
			logger.debug("Could not listen for mailbox '" + mailbox + "'", ex);
			this.troubled = true;
			this.thread.schedule(() -> listen(mailbox), AGAIN_SECONDS, TimeUnit.SECONDS);
		}
	}

	private void leave(String mailbox) {
		AutoCloseable left = this.waiting.containsKey(mailbox) ? null : this.listening.remove(mailbox);
		if (left != null) {
			try {
				left.close();
			}
			catch (Exception ex) {
				logger.debug("Could not end the listening for mailbox '" + mailbox + "'", ex);
			}
		}
	}

	private void wake(String mailbox) {
		this.waiting.getOrDefault(mailbox, Set.of()).forEach((each) -> each.wake.run());
	}

	/**
	 * Wakes who then waits for a mailbox.
	 */
	void wakeIn(String mailbox, long millis) {
		long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		this.timers.compute(mailbox, (name, present) -> {
			if (this.thread.isShutdown() || (present != null && present.at - at <= 0)) {
				return present;
			}
			if (present != null) {
				present.future.cancel(false);
			}
			return new Timer(at,
					this.thread.schedule(() -> timeHasCome(mailbox, at), millis + 1, TimeUnit.MILLISECONDS));
		});
	}

	private void timeHasCome(String mailbox, long at) {
		this.timers.computeIfPresent(mailbox, (name, timer) -> (timer.at == at) ? null : timer);
		wake(mailbox);
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

	// Not a record: two that wait with the same runnable are two.
	private static final class Waiting {

		private final Runnable wake;

		private Waiting(Runnable wake) {
			this.wake = wake;
		}

	}

	private record Timer(long at, ScheduledFuture<?> future) {
	}

	private final class Woken implements RedisChannels.Listener {

		private final String mailbox;

		private Woken(String mailbox) {
			this.mailbox = mailbox;
		}

		@Override
		public void heard(String channel, byte[] message) {
			wake(this.mailbox);
		}

		@Override
		public void missed() {
			wake(this.mailbox);
		}

	}

}
