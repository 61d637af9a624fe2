package io.ikigai.platform.runtime;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageReceipt;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Extends the leases on mailboxes while this process has messages of them, from a thread
 * of its own, each time a third of the lease has passed. A message that the program has
 * dropped without settling it keeps no mailbox: references are weak. Safe for use by
 * several threads.
 */
public final class MailboxLeaseKeeper implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(MailboxLeaseKeeper.class);

	private final MailboxStore store;

	private final Duration lease;

	private final Map<MessageReceipt, WeakReference<MailboxMessage>> kept = new ConcurrentHashMap<>();

	private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-mailbox-leases");
		thread.setDaemon(true);
		return thread;
	});

	private boolean failing;

	/**
	 * Creates the keeper and starts its thread.
	 * @param store where the leases live
	 * @param lease how long they last
	 */
	public MailboxLeaseKeeper(MailboxStore store, Duration lease) {
		this.store = store;
		this.lease = lease;
		long third = lease.dividedBy(3).toMillis();
		this.thread.scheduleWithFixedDelay(this::extend, third, third, TimeUnit.MILLISECONDS);
	}

	void keep(MessageReceipt receipt, MailboxMessage message) {
		this.kept.put(receipt, new WeakReference<>(message));
	}

	void forget(MessageReceipt receipt) {
		this.kept.remove(receipt);
	}

	private void extend() {
		this.kept.values().removeIf((message) -> message.get() == null);
		Set<String> mailboxes = this.kept.values()
			.stream()
			.map(WeakReference::get)
			.filter((message) -> message != null)
			.map(MailboxMessage::mailbox)
			.collect(Collectors.toSet());
		if (mailboxes.isEmpty()) {
			return;
		}
		try {
			this.store.extend(mailboxes, this.lease);
			if (this.failing) {
				this.failing = false;
				logger.info("Leases on mailboxes are extended again");
			}
		}
		catch (RuntimeException ex) {
			// Tried again; the mailboxes are lost only if it fails for the rest of their
			// leases.
			if (!this.failing) {
				this.failing = true;
				logger.warn("Could not extend the leases on mailboxes " + mailboxes + "; trying again", ex);
			}
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
