package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.ikigai.platform.pubsub.ListenedSubscription;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A subscription: a bounded buffer, and a thread while there is something in it, which
 * calls the handler with one message after another. Safe for use by several threads.
 */
final class TopicSubscription implements ListenedSubscription, TopicSubscriber {

	private static final Log logger = LogFactory.getLog(TopicSubscription.class);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Set<String> topics;

	private final Consumer<TopicMessage> handler;

	private final TopicOutcomes outcomes;

	private final Executor threads;

	private final int mostMessages;

	private final long mostBytes;

	private final Consumer<TopicSubscription> onClose;

	// What follows is guarded by this object.

	private final Deque<TopicMessage> buffer = new ArrayDeque<>();

	private long bytes;

	private @Nullable Runnable whenRoom;

	private @Nullable Subscription feed;

	/** Whether a thread works on the buffer. */
	private boolean working;

	/** The thread that is in the handler. */
	private @Nullable Thread handling;

	private boolean closed;

	/** Done when the subscription is closed and the handler does not run. */
	private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();

	TopicSubscription(Set<String> topics, Consumer<TopicMessage> handler, TopicOutcomes outcomes, Executor threads,
			int mostMessages, long mostBytes, Consumer<TopicSubscription> onClose) {
		this.topics = topics;
		this.handler = handler;
		this.outcomes = outcomes;
		this.threads = threads;
		this.mostMessages = mostMessages;
		this.mostBytes = mostBytes;
		this.onClose = onClose;
	}

	void open(TopicStore store) {
		Subscription opened = store.subscribe(this.topics, this);
		boolean late;
		synchronized (this) {
			this.feed = opened;
			late = this.closed;
		}
		if (late) {
			opened.close();
		}
	}

	@Override
	public synchronized boolean offer(TopicMessage message, Runnable whenRoom) {
		if (this.closed) {
			return true;
		}
		// A message larger than the buffer must pass too.
		if (!this.buffer.isEmpty()
				&& (this.buffer.size() >= this.mostMessages || this.bytes + size(message) > this.mostBytes)) {
			this.whenRoom = whenRoom;
			return false;
		}
		if (!this.working) {
			this.threads.execute(this::work);
			this.working = true;
		}
		this.buffer.add(message);
		this.bytes += size(message);
		return true;
	}

	private static long size(TopicMessage message) {
		return 2L * message.json().length();
	}

	@Override
	public void missed(String reason) {
		this.outcomes.missed(this.topics, reason);
	}

	private void work() {
		for (TopicMessage message = next(); message != null; message = next()) {
			try {
				this.handler.accept(message);
				this.outcomes.handled();
			}
			catch (Throwable ex) {
				this.outcomes.failed(message.topic(), ex);
			}
		}
	}

	private @Nullable TopicMessage next() {
		Runnable tell = null;
		TopicMessage message;
		synchronized (this) {
			// An interrupt was meant for the call that is over.
			Thread.interrupted();
			this.handling = null;
			message = this.buffer.poll();
			if (this.closed) {
				this.idle.complete(null);
			}
			if (message == null) {
				this.working = false;
			}
			else {
				this.bytes -= size(message);
				this.handling = Thread.currentThread();
			}
			if (this.whenRoom != null && this.buffer.size() <= this.mostMessages / 2
					&& this.bytes <= this.mostBytes / 2) {
				tell = this.whenRoom;
				this.whenRoom = null;
			}
		}
		if (tell != null) {
			tell.run();
		}
		return message;
	}

	@Override
	public synchronized boolean active() {
		return this.handling != null;
	}

	/**
	 * Ends the subscription, and waits for a call of the handler that is under way, if it
	 * is not this one. After ten seconds the handler is interrupted and not waited for.
	 */
	@Override
	public void close() {
		try {
			stop(PATIENCE).get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	@Override
	public CompletableFuture<@Nullable Void> stop(Duration patience) {
		Subscription ended;
		boolean byItsHandler;
		synchronized (this) {
			this.closed = true;
			this.buffer.clear();
			this.bytes = 0;
			this.whenRoom = null;
			ended = this.feed;
			byItsHandler = this.handling == Thread.currentThread();
			if (this.handling == null) {
				this.idle.complete(null);
			}
		}
		if (ended != null) {
			ended.close();
		}
		this.onClose.accept(this);
		if (byItsHandler) {
			return CompletableFuture.completedFuture(null);
		}
		return this.idle.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).handle((nothing, late) -> {
			if (late != null) {
				interrupt(patience);
			}
			return null;
		});
	}

	private synchronized void interrupt(Duration patience) {
		if (this.handling != null) {
			this.handling.interrupt();
			logger.warn("The handler of a message of " + this.topics + " still ran " + patience.toSeconds()
					+ " s after its subscription was closed; interrupted it");
		}
	}

}
