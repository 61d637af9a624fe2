package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.ikigai.platform.cache.CacheStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * One loader call per key. Threads of this process wait for the one that loads; that one
 * waits for other processes, and takes over when their load ends without a value or their
 * lease, which a living process extends, ends. Safe for use by several threads.
 */
final class SharedLoads implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SharedLoads.class);

	private static final Duration LEASE = Duration.ofSeconds(5);

	private static final long FIRST_LOOK_MILLIS = 10;

	private static final long LAST_LOOK_MILLIS = 200;

	private final CacheStore store;

	private final PlatformTransactions transactions;

	private final Map<EntryName, Load> running = new ConcurrentHashMap<>();

	private final Set<UUID> leased = ConcurrentHashMap.newKeySet();

	private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-cache-loads");
		thread.setDaemon(true);
		return thread;
	});

	SharedLoads(CacheStore store, PlatformTransactions transactions) {
		this.store = store;
		this.transactions = transactions;
		long pause = LEASE.dividedBy(4).toMillis();
		this.thread.scheduleWithFixedDelay(this::extend, pause, pause, TimeUnit.MILLISECONDS);
	}

	String load(String region, String key, Duration ttl, Supplier<String> loader) {
		if (this.transactions.active()) {
			// What it loads may come from what only this transaction sees: nobody else
			// gets it before the commit.
			String value = loader.get();
			this.store.set(region, key, value, ttl);
			return value;
		}
		EntryName name = new EntryName(region, key);
		Load mine = new Load(Thread.currentThread(), new CompletableFuture<>());
		Load first = this.running.putIfAbsent(name, mine);
		if (first != null) {
			return first.await(key);
		}
		try {
			String value = loadAcrossProcesses(name, ttl, loader);
			mine.value.complete(value);
			return value;
		}
		catch (Throwable ex) {
			mine.value.completeExceptionally(ex);
			throw ex;
		}
		finally {
			this.running.remove(name, mine);
		}
	}

	private String loadAcrossProcesses(EntryName name, Duration ttl, Supplier<String> loader) {
		UUID token = UUID.randomUUID();
		long pause = FIRST_LOOK_MILLIS;
		while (!this.store.loads().begin(name.region, name.key, token, LEASE)) {
			sleep(pause, name.key);
			pause = Math.min(pause * 2, LAST_LOOK_MILLIS);
			Optional<String> loaded = this.store.get(name.region, name.key);
			if (loaded.isPresent()) {
				return loaded.get();
			}
		}
		this.leased.add(token);
		boolean kept = false;
		try {
			// The load that ran before this one may have kept a value since the look.
			Optional<String> loaded = this.store.get(name.region, name.key);
			if (loaded.isPresent()) {
				return loaded.get();
			}
			String value = loader.get();
			this.store.loads().keep(name.region, name.key, token, value, ttl);
			kept = true;
			return value;
		}
		finally {
			this.leased.remove(token);
			if (!kept) {
				abandon(name, token);
			}
		}
	}

	private void abandon(EntryName name, UUID token) {
		try {
			this.store.loads().abandon(name.region, name.key, token);
		}
		catch (RuntimeException | Error ex) {
			// The caller gets what went wrong before; the lease ends by itself.
			logger.warn("Could not end the load of cache key '" + name.key + "'; others wait for it up to "
					+ LEASE.toSeconds() + " s", ex);
		}
	}

	private static void sleep(long millis, String key) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw interrupted(key, ex);
		}
	}

	private static IllegalStateException interrupted(String key, InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new IllegalStateException("Interrupted while another loads cache key '" + key + "'", ex);
	}

	/**
	 * Makes callers from now on load anew, whatever a load that runs will bring.
	 */
	void forget(String region, String key) {
		this.running.remove(new EntryName(region, key));
	}

	void forgetAll(String region) {
		this.running.keySet().removeIf((name) -> name.region.equals(region));
	}

	private void extend() {
		List<UUID> tokens = List.copyOf(this.leased);
		if (tokens.isEmpty()) {
			return;
		}
		try {
			this.store.loads().extend(tokens, LEASE);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not extend the leases of " + tokens.size()
					+ " running cache loads; another process may load the same keys", ex);
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

	/**
	 * One value of the cache.
	 */
	private record EntryName(String region, String key) {
	}

	/**
	 * A load in this process.
	 */
	private record Load(Thread loader, CompletableFuture<String> value) {

		String await(String key) {
			if (this.loader == Thread.currentThread()) {
				throw new IllegalStateException("The loader of cache key '" + key + "' asks for the same key");
			}
			try {
				return this.value.get();
			}
			catch (InterruptedException ex) {
				throw interrupted(key, ex);
			}
			catch (ExecutionException ex) {
				throw SharedLoads.<RuntimeException>asItIs((ex.getCause() != null) ? ex.getCause() : ex);
			}
		}

	}

	// What a loader throws reaches all its callers as it is, checked ones included.
	@SuppressWarnings("unchecked")
	private static <X extends Throwable> X asItIs(Throwable thrown) throws X {
		throw (X) thrown;
	}

}
