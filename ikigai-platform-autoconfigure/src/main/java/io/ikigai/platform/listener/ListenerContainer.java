package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.ikigai.platform.queue.ClaimMode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.Lifecycle;

/**
 * One listener at work: takes from its source, runs handlers, and ends gracefully.
 * Started and stopped with the application by the {@link ListenerRegistry}; may be
 * stopped and started by hand any number of times. Safe for use by several threads.
 */
public final class ListenerContainer implements Lifecycle {

	private static final Log logger = LogFactory.getLog(ListenerContainer.class);

	private final ListenerEndpoint endpoint;

	private final ListenerSource source;

	private final TaskListenerSettings settings;

	private final ListenerThreads threads;

	private @Nullable ListenerRun run;

	ListenerContainer(ListenerEndpoint endpoint, ListenerSource source, TaskListenerSettings settings,
			ListenerThreads threads) {
		this.endpoint = endpoint;
		this.source = source;
		this.settings = settings;
		this.threads = threads;
	}

	/**
	 * Returns the listener's id.
	 * @return unique in the application
	 */
	public String id() {
		return this.endpoint.id();
	}

	/**
	 * Returns the queue that it listens to.
	 * @return the queue's name
	 */
	public String queue() {
		return this.endpoint.queue();
	}

	/**
	 * Returns how many handler calls run at the same time.
	 * @return the concurrency
	 */
	public Concurrency concurrency() {
		return this.endpoint.concurrency();
	}

	/**
	 * Returns how tasks are claimed.
	 * @return the mode
	 */
	public ClaimMode claimMode() {
		return this.endpoint.claimMode();
	}

	/**
	 * Returns whether it starts with the application.
	 * @return whether it does
	 */
	public boolean isAutoStartup() {
		return this.endpoint.autoStartup();
	}

	/**
	 * Returns how many workers are at work now.
	 * @return from 0 to the concurrency
	 */
	public synchronized int active() {
		return (this.run != null) ? this.run.active() : 0;
	}

	/**
	 * Starts it; without effect if it runs.
	 */
	@Override
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		ListenerRun next = new ListenerRun(id(), this.source, concurrency(), this.settings.virtualThreads(),
				this.threads);
		next.start(this.settings.pollInterval());
		this.run = next;
	}

	/**
	 * Stops claiming at once, and waits until the running handlers have ended or, after
	 * the shutdown timeout, were interrupted and their tasks given back.
	 */
	@Override
	public void stop() {
		Duration patience = this.settings.shutdownTimeout().plusSeconds(5);
		try {
			stopping().get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			logger.warn("Listener '%s' could not give all of its tasks back; their leases end by themselves"
				.formatted(id()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * Begins to stop; without effect if it does not run.
	 * @return done when it has stopped
	 */
	synchronized CompletableFuture<@Nullable Void> stopping() {
		return (this.run != null) ? this.run.stop(this.settings.shutdownTimeout())
				: CompletableFuture.completedFuture(null);
	}

	/**
	 * Returns whether it takes work.
	 * @return {@code false} before the start and from the beginning of the stop
	 */
	@Override
	public synchronized boolean isRunning() {
		return this.run != null && !this.run.stopping();
	}

	@Override
	public String toString() {
		return "Listener '%s' of queue '%s'".formatted(id(), queue());
	}

}
