package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.Lifecycle;

/**
 * One listener at work: takes from its source, runs handlers, and ends gracefully.
 * Started and stopped with the application by the {@link ListenerRegistry}; may be
 * stopped and started by hand any number of times. Safe for use by several threads.
 */
public class ListenerContainer implements Lifecycle {

	private static final Log logger = LogFactory.getLog(ListenerContainer.class);

	private final ListenerEndpoint endpoint;

	private final ContainerSettings settings;

	private final Supplier<? extends Activity> activity;

	private @Nullable Activity run;

	private boolean paused;

	private Consumer<ListenerEvent> events = (event) -> {
	};

	ListenerContainer(ListenerEndpoint endpoint, ListenerSource source, ContainerSettings settings,
			ListenerThreads threads) {
		this(endpoint, settings, () -> {
			ListenerRun run = new ListenerRun(endpoint.id(), source, endpoint.concurrency(), settings.virtualThreads(),
					threads);
			run.start(settings.pollInterval());
			return run;
		});
	}

	/**
	 * Creates the container.
	 * @param endpoint the listener
	 * @param settings how it runs
	 * @param activity starts what the container does
	 */
	ListenerContainer(ListenerEndpoint endpoint, ContainerSettings settings, Supplier<? extends Activity> activity) {
		this.endpoint = endpoint;
		this.settings = settings;
		this.activity = activity;
	}

	/**
	 * Returns the listener's id.
	 * @return unique in the application
	 */
	public final String id() {
		return this.endpoint.id();
	}

	/**
	 * Returns what it listens to.
	 * @return the kind
	 */
	public final ListenerKind kind() {
		return this.endpoint.kind();
	}

	/**
	 * Returns the name of the queue, the mailbox or the topic that it listens to.
	 * @return the name
	 */
	public final String destination() {
		return this.endpoint.destination();
	}

	/**
	 * Returns how many handler calls run at the same time.
	 * @return the concurrency
	 */
	public final Concurrency concurrency() {
		return this.endpoint.concurrency();
	}

	/**
	 * Returns whether it starts with the application.
	 * @return whether it does
	 */
	public final boolean isAutoStartup() {
		return this.endpoint.autoStartup();
	}

	/**
	 * Returns how many workers are at work now.
	 * @return from 0 to the concurrency
	 */
	public final synchronized int active() {
		return (this.run != null) ? this.run.active() : 0;
	}

	/**
	 * Returns what keeps it from its work: a claim that has had no answer for seconds, or
	 * an error.
	 * @return the problem; {@code null} if it works or does not run
	 */
	public final synchronized @Nullable String problem() {
		return (this.run != null && !this.run.stopping()) ? this.run.problem() : null;
	}

	/**
	 * Starts it; without effect if it runs.
	 */
	@Override
	public final void start() {
		synchronized (this) {
			if (isRunning()) {
				return;
			}
			Activity started = this.activity.get();
			started.pause(this.paused);
			this.run = started;
		}
		this.events.accept(new ListenerStartedEvent(this));
	}

	/**
	 * Takes no more work until {@link #resume}, also after a stop and a start. What is
	 * handled now is finished, and what was taken ahead given back.
	 * @throws UnsupportedOperationException if it is a listener of topics
	 */
	public final synchronized void pause() {
		if (this.endpoint.kind() == ListenerKind.TOPIC) {
			throw new UnsupportedOperationException(
					this + " cannot be paused: what is published meanwhile has no" + " place to wait. Stop it");
		}
		this.paused = true;
		if (this.run != null) {
			this.run.pause(true);
		}
	}

	/**
	 * Takes work again; without effect if it is not paused.
	 */
	public final synchronized void resume() {
		if (this.paused) {
			this.paused = false;
			if (this.run != null) {
				this.run.pause(false);
			}
		}
	}

	/**
	 * Returns whether it is paused.
	 * @return whether it is
	 */
	public final synchronized boolean isPaused() {
		return this.paused;
	}

	final void publishTo(Consumer<ListenerEvent> events) {
		this.events = events;
	}

	/**
	 * Returns for how long it has had nothing to do.
	 * @return zero if it has, is paused, does not run, or is a listener of topics
	 */
	final synchronized Duration idle() {
		return (this.run != null && !this.run.stopping() && !this.paused) ? Duration.ofNanos(this.run.idleNanos())
				: Duration.ZERO;
	}

	/**
	 * Stops taking work at once, and waits until the running handlers have ended or,
	 * after the shutdown timeout, were interrupted and what they were at given back.
	 */
	@Override
	public final void stop() {
		Duration patience = this.settings.shutdownTimeout().plusSeconds(5);
		try {
			stopping().get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			logger.warn(
					"Listener '%s' could not give back all that it has; the leases end by themselves".formatted(id()));
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
	final synchronized CompletableFuture<@Nullable Void> stopping() {
		if (this.run == null) {
			return CompletableFuture.completedFuture(null);
		}
		boolean running = !this.run.stopping();
		CompletableFuture<@Nullable Void> stopped = this.run.stop(this.settings.shutdownTimeout());
		return running ? stopped.whenComplete((nothing, error) -> this.events.accept(new ListenerStoppedEvent(this)))
				: stopped;
	}

	/**
	 * Returns whether it takes work.
	 * @return {@code false} before the start and from the beginning of the stop
	 */
	@Override
	public final synchronized boolean isRunning() {
		return this.run != null && !this.run.stopping();
	}

	@Override
	public final String toString() {
		return "Listener '%s' of %s '%s'".formatted(id(), kind().word(), destination());
	}

}
