package io.ikigai.platform.listener;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.context.SmartLifecycle;

/**
 * All listeners of an application. Starts them when the application is ready and stops
 * them, all at once, before anything else ends. While it runs, the application's process
 * stays alive. Safe for use by several threads.
 */
public final class ListenerRegistry implements SmartLifecycle, DisposableBean, ApplicationEventPublisherAware {

	private static final Log logger = LogFactory.getLog(ListenerRegistry.class);

	private final Map<String, ListenerContainer> containers = new LinkedHashMap<>();

	private final ListenerThreads threads;

	private final @Nullable Duration idleInterval;

	private volatile @Nullable ApplicationEventPublisher events;

	private @Nullable Future<?> idleWatch;

	private boolean running;

	/**
	 * Creates the registry.
	 * @param errors is told which listener cannot take its work, and why: once, until it
	 * can again
	 * @param idleInterval after how long without work {@link ListenerIdleEvent}s are
	 * published; {@code null} for never
	 */
	public ListenerRegistry(BiConsumer<String, Throwable> errors, @Nullable Duration idleInterval) {
		this.idleInterval = idleInterval;
		this.threads = new ListenerThreads((listener, error) -> {
			errors.accept(listener, error);
			find(listener).ifPresent((container) -> publish(new ListenerFailedEvent(container, error)));
		});
	}

	@Override
	public void setApplicationEventPublisher(ApplicationEventPublisher events) {
		this.events = events;
	}

	private void publish(ListenerEvent event) {
		ApplicationEventPublisher publisher = this.events;
		try {
			if (publisher != null) {
				publisher.publishEvent(event);
			}
		}
		catch (RuntimeException ex) {
			// The listener must start, stop and try again whatever those do that are told
			logger.warn("An event listener failed on " + event.getClass().getSimpleName() + " of " + event.listener(),
					ex);
		}
	}

	/**
	 * Returns the listeners.
	 * @return their containers, in the order of their declaration
	 */
	public synchronized Collection<ListenerContainer> containers() {
		return List.copyOf(this.containers.values());
	}

	/**
	 * Finds a listener.
	 * @param id its id
	 * @return its container
	 */
	public synchronized Optional<ListenerContainer> find(String id) {
		return Optional.ofNullable(this.containers.get(id));
	}

	/**
	 * Adds a listener, and starts it if the others have started.
	 * @param endpoint the listener
	 * @param containers makes its container
	 * @return its container
	 */
	synchronized ListenerContainer register(ListenerEndpoint endpoint,
			Function<ListenerThreads, ListenerContainer> containers) {
		String id = endpoint.id();
		ListenerContainer other = this.containers.get(id);
		if (other != null) {
			throw endpoint.handler()
				.refuse("has the id '%s', which another listener of %s '%s' has already. Give each an id of its own"
					.formatted(id, other.kind().word(), other.destination()));
		}
		ListenerContainer container = containers.apply(this.threads);
		container.publishTo(this::publish);
		this.containers.put(id, container);
		if (this.running && container.isAutoStartup()) {
			container.start();
		}
		return container;
	}

	/**
	 * Takes a listener away that a program has added, after stopping it; without effect
	 * if it is none of this application.
	 * @param container the listener's container
	 */
	public void remove(ListenerContainer container) {
		container.stop();
		synchronized (this) {
			this.containers.remove(container.id(), container);
		}
	}

	@Override
	public void start() {
		synchronized (this) {
			this.running = true;
			Duration interval = this.idleInterval;
			if (interval != null && this.idleWatch == null && !this.containers.isEmpty()) {
				this.idleWatch = this.threads.timer()
					.scheduleAtFixedRate(() -> tellIdle(interval), interval.toMillis(), interval.toMillis(),
							TimeUnit.MILLISECONDS);
			}
		}
		containers().stream().filter(ListenerContainer::isAutoStartup).forEach(ListenerContainer::start);
	}

	// In another thread: what the timer runs must not block
	private void tellIdle(Duration interval) {
		this.threads.claimers().execute(() -> containers().forEach((container) -> {
			Duration idle = container.idle();
			if (idle.compareTo(interval) >= 0) {
				publish(new ListenerIdleEvent(container, idle));
			}
		}));
	}

	@Override
	public void stop() {
		stopping();
		containers().forEach(ListenerContainer::stop);
	}

	@Override
	public void stop(Runnable callback) {
		stopping().whenComplete((nothing, error) -> callback.run());
	}

	private synchronized CompletableFuture<Void> stopping() {
		this.running = false;
		if (this.idleWatch != null) {
			this.idleWatch.cancel(false);
			this.idleWatch = null;
		}
		return CompletableFuture.allOf(this.containers.values()
			.stream()
			.map(ListenerContainer::stopping)
			.toArray(CompletableFuture<?>[]::new));
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/**
	 * Returns the phase: with the listeners of the Spring family, among the last to start
	 * and the first to stop.
	 */
	@Override
	public int getPhase() {
		return Integer.MAX_VALUE - 100;
	}

	@Override
	public void destroy() {
		this.threads.shutdown();
	}

}
