package io.ikigai.platform.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.listener.TaskListenerContainer;
import io.ikigai.platform.queue.ClaimMode;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Sees to it that the pool has the connections which listeners hold while their handlers
 * run: those that claim in a transaction, one a worker. One more is for all that the
 * platform does in between, notifications, heartbeats and retention: each takes a
 * connection for a statement or two and waits for no other. An application's pool that is
 * too small stops the start, before anything listens; the platform's own is made larger.
 */
final class ListenerConnections implements SmartLifecycle {

	private static final int BETWEEN = 1;

	/**
	 * What listens, extends leases, reads topics and relays, where it cannot be beside
	 * the pool.
	 */
	private static final int BESIDE = 4;

	/**
	 * Not the bean itself: what is injected stops first, and the container would then
	 * count that as the end of the listeners, and not wait for running handlers.
	 */
	private final ObjectProvider<ListenerRegistry> listeners;

	private final PlatformDatabase database;

	private final DataSourcePoolMetadataProvider pools;

	private volatile boolean running;

	ListenerConnections(ObjectProvider<ListenerRegistry> listeners, PlatformDatabase database,
			List<DataSourcePoolMetadataProvider> pools) {
		this.listeners = listeners;
		this.database = database;
		this.pools = new CompositeDataSourcePoolMetadataProvider(pools);
	}

	@Override
	public void start() {
		this.running = true;
		List<TaskListenerContainer> holding = this.listeners.getObject()
			.containers()
			.stream()
			.filter(TaskListenerContainer.class::isInstance)
			.map(TaskListenerContainer.class::cast)
			.filter((listener) -> listener.isAutoStartup() && listener.claimMode() == ClaimMode.TRANSACTION)
			.toList();
		if (holding.isEmpty()) {
			return;
		}
		int needed = holding.stream().mapToInt((listener) -> listener.concurrency().max()).sum() + BETWEEN
				+ (this.database.direct() instanceof DriverManagerDataSource ? 0 : BESIDE);
		HikariDataSource hikari = DirectDataSource.hikari(this.database.dataSource());
		Integer size = (hikari != null) ? Integer.valueOf(hikari.getMaximumPoolSize()) : size();
		if (size == null || size < 0 || size >= needed) {
			return;
		}
		if (this.database.owned() && hikari != null) {
			hikari.setMaximumPoolSize(needed);
			return;
		}
		throw tooSmall(size, needed, holding, hikari != null);
	}

	private @Nullable Integer size() {
		DataSourcePoolMetadata pool = this.pools.getDataSourcePoolMetadata(this.database.dataSource());
		return (pool != null) ? pool.getMax() : null;
	}

	private static PlatformConfigurationException tooSmall(int size, int needed, List<TaskListenerContainer> holding,
			boolean hikari) {
		String listeners = holding.stream()
			.map((listener) -> "'%s' of queue '%s' holds %d".formatted(listener.id(), listener.destination(),
					listener.concurrency().max()))
			.collect(Collectors.joining(", "));
		return new PlatformConfigurationException(
				("The application's pool has %d connections, and its listeners with claim = TRANSACTION need %d: %s, one a"
						+ " worker, and the platform needs %d more for what it does meanwhile.")
					.formatted(size, needed, listeners,
							needed - holding.stream().mapToInt((listener) -> listener.concurrency().max()).sum()),
				("Set %s to %d or more, and count in what the application itself needs at the same time; or lower the"
						+ " concurrency of these listeners, or give them claim = LEASE, which holds no connection while"
						+ " a handler runs.")
					.formatted(hikari ? "spring.datasource.hikari.maximum-pool-size" : "the largest size of the pool",
							needed),
				null);
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Returns the phase: before the agent is registered and before anything listens.
	 */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

}
