package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The replies to what this process asks. They come to a mailbox of its own, which a
 * thread receives from once the first question was asked. A reply that nobody waits for
 * any more is dropped. Safe for use by several threads.
 */
final class Replies implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(Replies.class);

	/** What the names of mailboxes for replies begin with. */
	static final String PREFIX = "ikigai-reply-";

	private static final Duration WAIT = Duration.ofMinutes(1);

	private final Map<String, Consumer<String>> open = new ConcurrentHashMap<>();

	private final Map<String, CompletableFuture<?>> futures = new ConcurrentHashMap<>();

	private final CountDownLatch closing = new CountDownLatch(1);

	private final RuntimeMailbox mailbox;

	private @Nullable Thread thread;

	Replies(MailboxServices services) {
		this.mailbox = new RuntimeMailbox(PREFIX + UUID.randomUUID(), services, this);
	}

	<R> CompletableFuture<R> ask(Duration timeout, Reading<R> reading, Consumer<MessageOptions> send) {
		start();
		String correlation = UUID.randomUUID().toString();
		CompletableFuture<R> future = new CompletableFuture<>();
		future.whenComplete((reply, error) -> {
			this.open.remove(correlation);
			this.futures.remove(correlation);
		});
		this.futures.put(correlation, future);
		// Read and told elsewhere: who waits for this reply must not hold up others.
		this.open.put(correlation, (json) -> future.completeAsync(() -> reading.read(json)));
		try {
			send.accept(MessageOptions.of().withReplyTo(this.mailbox.name()).withCorrelationId(correlation));
		}
		catch (RuntimeException | Error ex) {
			future.cancel(false);
			throw ex;
		}
		// Converted with saturation: a timeout may be longer than its milliseconds can
		// tell
		return future.orTimeout(Math.max(1, TimeUnit.MILLISECONDS.convert(timeout)), TimeUnit.MILLISECONDS);
	}

	private synchronized void start() {
		if (this.closing.getCount() == 0) {
			throw new IllegalStateException("The platform is closed; nothing can be asked any more");
		}
		if (this.thread == null) {
			Thread started = new Thread(this::receive, "ikigai-replies");
			started.setDaemon(true);
			started.start();
			this.thread = started;
		}
	}

	private void receive() {
		boolean failing = false;
		while (this.closing.getCount() > 0) {
			try {
				this.mailbox.receive(WAIT).ifPresent(this::deliver);
				failing = false;
			}
			catch (RuntimeException | Error ex) {
				if (!failing && this.closing.getCount() > 0) {
					failing = true;
					logger.warn("Could not receive replies; trying again", ex);
				}
				pause();
			}
		}
	}

	private void pause() {
		try {
			this.closing.await(1, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void deliver(MailboxMessage reply) {
		reply.acknowledge();
		String correlation = reply.correlationId();
		Consumer<String> waiting = (correlation != null) ? this.open.remove(correlation) : null;
		if (waiting != null) {
			waiting.accept(reply.json());
		}
		else {
			logger.debug("Dropped the reply " + reply.id() + ", which nobody waits for any more");
		}
	}

	@Override
	public void close() {
		Thread running;
		synchronized (this) {
			this.closing.countDown();
			running = this.thread;
		}
		if (running != null) {
			running.interrupt();
			try {
				running.join(TimeUnit.SECONDS.toMillis(2));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		this.futures.values()
			.forEach((future) -> future.completeExceptionally(
					new CancellationException("The platform was closed while the reply was waited for")));
	}

	/**
	 * Reads a reply.
	 *
	 * @param <R> what it is read as
	 */
	interface Reading<R> {

		R read(String json);

	}

}
