package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Sends what transactions of this process leave in the outbox for one service, in order,
 * as soon as they have committed. Who commits waits for that, a second at most, so that
 * who looks next finds it there. While the backend is away it is tried again, and what
 * would be sent directly joins the outbox, so that nothing is overtaken. What processes
 * that died have left is taken over. What cannot be read, or is refused for good, stays
 * there with the reason and holds nothing up. Safe for use by several threads.
 *
 * @param <T> what a message is read as
 */
final class OutboxRelay<T> implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(OutboxRelay.class);

	private static final int MOST = 500;

	static final Duration TAKE_OVER = Duration.ofSeconds(5);

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final String service;

	private final OutboxStore store;

	private final PlatformTransactions transactions;

	private final Function<OutboxMessage, T> read;

	private final Consumer<List<Left<T>>> send;

	private final Duration takeOver;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	// What follows is guarded by the lock.

	private boolean requested;

	/** Counts the passes over the outbox, each until nothing is left. */
	private long begun;

	private long ended;

	/** How often somebody went on though what it left was not sent yet. */
	private long behind;

	/** How many of them were made good. */
	private long madeGood;

	private boolean failing;

	private boolean closed;

	private final Thread thread;

	/**
	 * Creates the relay and starts its thread.
	 * @param service the service that the messages are for
	 * @param store the outbox
	 * @param transactions the transactions of the platform's database
	 * @param read reads a message; throws if it cannot be read
	 * @param send sends messages in order; called by one thread
	 */
	OutboxRelay(String service, OutboxStore store, PlatformTransactions transactions, Function<OutboxMessage, T> read,
			Consumer<List<Left<T>>> send) {
		this(service, store, transactions, read, send, TAKE_OVER);
	}

	/**
	 * Creates the relay and starts its thread.
	 * @param service the service that the messages are for
	 * @param store the outbox
	 * @param transactions the transactions of the platform's database
	 * @param read reads a message; throws if it cannot be read
	 * @param send sends messages in order; called by one thread
	 * @param takeOver how often to look for what processes that died have left
	 */
	OutboxRelay(String service, OutboxStore store, PlatformTransactions transactions, Function<OutboxMessage, T> read,
			Consumer<List<Left<T>>> send, Duration takeOver) {
		this.takeOver = takeOver;
		this.service = service;
		this.store = store;
		this.transactions = transactions;
		this.read = read;
		this.send = send;
		this.thread = new Thread(this::run, "ikigai-outbox-" + service);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Tells whether something may be sent directly: not within a transaction, which may
	 * yet be rolled back, and not past what waits to be sent.
	 */
	boolean passes() {
		if (this.transactions.active()) {
			return false;
		}
		this.lock.lock();
		try {
			return this.behind == this.madeGood;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Leaves messages, with the running transaction if there is one.
	 */
	void leave(List<OutboxMessage> messages) {
		this.store.add(messages);
		if (!this.transactions.active()) {
			awaitPass();
		}
		else {
			this.transactions.part(this, Leaving::new);
		}
	}

	private void awaitPass() {
		this.lock.lock();
		try {
			long pass = this.begun + 1;
			this.requested = true;
			this.changed.signalAll();
			long left = PATIENCE.toNanos();
			while (this.ended < pass && !this.failing && !this.closed && left > 0) {
				left = this.changed.awaitNanos(left);
			}
			if (this.ended < pass) {
				this.behind++;
			}
		}
		catch (InterruptedException ex) {
			this.behind++;
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void run() {
		ExponentialBackOff pauses = new ExponentialBackOff(100, 2);
		pauses.setMaxInterval(5000);
		BackOffExecution backOff = pauses.start();
		long takeOverAt = System.nanoTime();
		while (!closed()) {
			try {
				if (takeOverAt - System.nanoTime() <= 0) {
					takeOverAt = System.nanoTime() + this.takeOver.toNanos();
					if (this.store.takeOver(this.service) > 0) {
						request();
					}
				}
				Pass pass = next(takeOverAt);
				if (pass != null) {
					sendAll();
					ended(pass);
				}
				backOff = pauses.start();
			}
			catch (RuntimeException | Error ex) {
				failed(ex);
				rest(backOff.nextBackOff());
			}
		}
	}

	private void request() {
		this.lock.lock();
		this.requested = true;
		this.lock.unlock();
	}

	private boolean closed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Pass next(long until) {
		this.lock.lock();
		try {
			long left = until - System.nanoTime();
			while (!this.requested && !this.closed && left > 0) {
				left = this.changed.awaitNanos(left);
			}
			if (!this.requested) {
				return null;
			}
			this.requested = false;
			return new Pass(++this.begun, this.behind);
		}
		catch (InterruptedException ex) {
			this.closed = true;
			Thread.currentThread().interrupt();
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void sendAll() {
		boolean all = false;
		while (!all && !closed()) {
			OutboxStore.Next next = this.store.next(this.service, MOST);
			List<Left<T>> readable = next.messages().stream().map(this::read).filter(Objects::nonNull).toList();
			if (!readable.isEmpty()) {
				sendReadable(readable);
			}
			all = next.all();
		}
	}

	// Other programs may have written anything
	private @Nullable Left<T> read(OutboxMessage message) {
		try {
			return new Left<>(message, this.read.apply(message));
		}
		catch (RuntimeException ex) {
			keep(message, "It cannot be read: " + ex.getMessage());
			return null;
		}
	}

	private void sendReadable(List<Left<T>> left) {
		try {
			this.send.accept(left);
		}
		catch (IllegalArgumentException | DataIntegrityViolationException ex) {
			// Refused, however often it is tried
			if (left.size() > 1) {
				left.forEach((one) -> sendReadable(List.of(one)));
			}
			else {
				keep(left.get(0).message, "It is refused: " + ex.getMessage());
			}
			return;
		}
		this.store.delete(left.stream().map(Left::message).toList());
	}

	private void keep(OutboxMessage message, String reason) {
		this.store.fail(message, ErrorText.of(reason));
		logger.warn("What was left in the outbox for '" + message.destination() + "' of " + this.service + " (id "
				+ message.id() + ", position " + message.position() + ") is not sent and stays there. "
				+ ErrorText.line(reason));
	}

	private void ended(Pass pass) {
		this.lock.lock();
		try {
			this.ended = pass.number;
			this.madeGood = pass.behind;
			if (this.failing) {
				this.failing = false;
				logger.info("What was left in the outbox for " + this.service + " is sent again");
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void failed(Throwable error) {
		this.lock.lock();
		try {
			if (!this.failing && !this.closed) {
				logger.warn("What was left in the outbox for " + this.service + " cannot be sent yet; trying again",
						error);
			}
			this.failing = true;
			this.requested = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void rest(long millis) {
		this.lock.lock();
		try {
			long left = TimeUnit.MILLISECONDS.toNanos(millis);
			while (!this.closed && left > 0) {
				left = this.changed.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			this.closed = true;
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the sending. What is left is sent by another process, or by the next one.
	 */
	@Override
	public void close() {
		this.lock.lock();
		this.closed = true;
		this.changed.signalAll();
		this.lock.unlock();
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(5));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Something that was left.
	 *
	 * @param message the message
	 * @param content what it was read as
	 */
	record Left<T>(OutboxMessage message, T content) {

		String destination() {
			return this.message.destination();
		}

	}

	/**
	 * A pass over the outbox.
	 *
	 * @param number counts the passes
	 * @param behind how many had gone on before it began
	 */
	private record Pass(long number, long behind) {
	}

	/**
	 * A transaction that leaves something.
	 */
	private final class Leaving implements TransactionSynchronization {

		Leaving() {
			OutboxRelay.this.transactions.register(this);
		}

		@Override
		public void afterCommit() {
			awaitPass();
		}

		@Override
		public void afterCompletion(int status) {
			if (status == STATUS_UNKNOWN) {
				awaitPass();
			}
		}

	}

}
