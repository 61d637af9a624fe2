package io.ikigai.platform.runtime;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MailboxStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Extends the leases on mailboxes while this process has messages of them. A message that
 * the program has dropped without settling it keeps no mailbox: references are weak. When
 * everything of a mailbox is settled and nothing is received for a moment, others that
 * wait for it are told. Safe for use by several threads.
 */
public final class MailboxLeaseKeeper implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(MailboxLeaseKeeper.class);

	/** A receiver that goes on receives again within it. */
	private static final long MOMENT_MILLIS = 30;

	private final MailboxStore store;

	private final Duration lease;

	private final Leases<Held> leases;

	private final AtomicLong numbers = new AtomicLong();

	private final Map<String, NavigableMap<Long, Held>> mailboxes = new ConcurrentHashMap<>();

	private final Set<String> free = ConcurrentHashMap.newKeySet();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread thread = new Thread(task, "ikigai-mailbox-handover");
		thread.setDaemon(true);
		return thread;
	});

	/**
	 * Creates the keeper and starts its thread.
	 * @param store where the leases live
	 * @param lease how long they last
	 */
	public MailboxLeaseKeeper(MailboxStore store, Duration lease) {
		this.store = store;
		this.lease = lease;
		this.leases = new Leases<>("ikigai-mailbox-leases", "mailboxes", this::extend, this::overdue);
		this.timer.setKeepAliveTime(10, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
	}

	Held keep(MailboxMessage message) {
		Held held = new Held(message.mailbox(), this.numbers.incrementAndGet(), new WeakReference<>(message));
		this.mailboxes.compute(held.mailbox, (name, present) -> {
			NavigableMap<Long, Held> all = (present != null) ? present : new ConcurrentSkipListMap<>();
			all.put(held.number, held);
			return all;
		});
		this.leases.keep(held, this.lease);
		return held;
	}

	void forget(Held held) {
		this.leases.forget(held);
		this.mailboxes.computeIfPresent(held.mailbox, (name, all) -> {
			all.remove(held.number);
			return all.isEmpty() ? null : all;
		});
		// Nobody else waits for this process's replies
		if (!this.mailboxes.containsKey(held.mailbox) && !held.mailbox.startsWith(Replies.PREFIX)
				&& this.free.add(held.mailbox) && !this.timer.isShutdown()) {
			this.timer.schedule(() -> handOver(held.mailbox), MOMENT_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Forgets a message and what was handed out after it.
	 */
	void forgetFrom(Held held) {
		Map<Long, Held> all = this.mailboxes.get(held.mailbox);
		if (all instanceof NavigableMap<Long, Held> ordered) {
			List.copyOf(ordered.tailMap(held.number, false).values()).forEach(this::forget);
		}
		forget(held);
	}

	/**
	 * Notes that a message is about to be settled.
	 */
	void settling(Held held) {
		this.leases.settling(held);
	}

	/**
	 * Notes that the transaction that settled a message was rolled back.
	 */
	void notSettled(Held held) {
		this.leases.notSettled(held);
	}

	// What was handed out after it waits for it, and would keep the mailbox
	private void overdue(Held held) {
		forgetFrom(held);
		logger.warn("A message of mailbox '" + held.mailbox + "' could not be settled within the lease of " + this.lease
				+ ": the backend does not answer or refuses. The lease is not extended any more; another consumer"
				+ " gets the message when it has ended");
	}

	private void handOver(String mailbox) {
		if (!this.free.remove(mailbox) || this.mailboxes.containsKey(mailbox)) {
			return;
		}
		try {
			this.store.handOver(mailbox);
		}
		catch (RuntimeException | Error ex) {
			// Who waits looks now and then.
			logger.debug("Could not tell others that mailbox '" + mailbox + "' is free", ex);
		}
	}

	private Collection<Held> extend(List<Held> due, Duration lease) {
		List<Held> dropped = due.stream().filter((held) -> held.message.get() == null).toList();
		dropped.forEach(this::forget);
		Set<String> names = due.stream()
			.filter((held) -> held.message.get() != null)
			.map(Held::mailbox)
			.collect(Collectors.toSet());
		if (!names.isEmpty()) {
			this.store.extend(names, lease);
		}
		return dropped;
	}

	@Override
	public void close() {
		this.leases.close();
		this.timer.shutdownNow();
		Set.copyOf(this.free).forEach(this::handOver);
	}

	/**
	 * A message that this process has.
	 *
	 * @param mailbox the mailbox's name
	 * @param number grows with the order of the hand-outs
	 * @param message the message
	 */
	record Held(String mailbox, long number, WeakReference<MailboxMessage> message) {
	}

}
