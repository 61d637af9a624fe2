package io.ikigai.platform.listener;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * All listeners of an application. Starts them when the application is ready and stops
 * them, all at once, before anything else ends. While it runs, the application's process
 * stays alive. Safe for use by several threads.
 */
public final class ListenerRegistry implements SmartLifecycle, DisposableBean {

	private final Map<String, ListenerContainer> containers = new LinkedHashMap<>();

	private final ListenerThreads threads;

	private boolean running;

	/**
	 * Creates the registry.
	 * @param errors is told which listener cannot take its work, and why: once, until it
	 * can again
	 */
	public ListenerRegistry(BiConsumer<String, Throwable> errors) {
		this.threads = new ListenerThreads(errors);
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
	 */
	synchronized void register(ListenerEndpoint endpoint, Function<ListenerThreads, ListenerContainer> containers) {
		String id = endpoint.id();
		ListenerContainer other = this.containers.get(id);
		if (other != null) {
			throw endpoint.handler()
				.refuse("has the id '%s', which another listener of %s '%s' has already. Give each an id of its own"
					.formatted(id, other.kind().word(), other.destination()));
		}
		ListenerContainer container = containers.apply(this.threads);
		this.containers.put(id, container);
		if (this.running && container.isAutoStartup()) {
			container.start();
		}
	}

	@Override
	public synchronized void start() {
		this.running = true;
		this.containers.values().stream().filter(ListenerContainer::isAutoStartup).forEach(ListenerContainer::start);
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
