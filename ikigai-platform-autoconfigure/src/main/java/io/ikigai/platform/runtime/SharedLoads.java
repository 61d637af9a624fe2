package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.runtime.RunningLoads.Load;
import io.ikigai.platform.runtime.RunningLoads.Name;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;

/**
 * One loader call per key. Threads of this process wait for the one that loads; that one
 * waits for other processes, and takes over when their load ends without a value or their
 * lease, which a living process extends, ends. A loader that waits for another load while
 * others may wait for it does so for a short time only, and then loads for itself: so
 * loaders that need each other's keys end, in different processes too. Safe for use by
 * several threads.
 */
final class SharedLoads implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SharedLoads.class);

	private static final Duration LEASE = Duration.ofSeconds(5);

	private static final Duration WITHIN_LOADER = Duration.ofSeconds(30);

	/** What a loader hands to other threads cannot be seen to wait: this ends it. */
	private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

	private static final long FIRST_LOOK_MILLIS = 10;

	private static final long LAST_LOOK_MILLIS = 200;

	private static final int THREADS = 16;

	private final CacheStore store;

	private final RunningLoads running = new RunningLoads();

	private final Set<UUID> leased = ConcurrentHashMap.newKeySet();

	private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(daemons("loads"));

	private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), daemons("later"));

	SharedLoads(CacheStore store) {
		this.store = store;
		this.threads.allowCoreThreadTimeOut(true);
		long pause = LEASE.dividedBy(4).toMillis();
		this.thread.scheduleWithFixedDelay(this::extend, pause, pause, TimeUnit.MILLISECONDS);
	}

	private static ThreadFactory daemons(String name) {
		return (task) -> {
			Thread thread = new Thread(task, "ikigai-cache-" + name);
			thread.setDaemon(true);
			return thread;
		};
	}

	Executor threads() {
		return this.threads;
	}

	String load(Entry entry, Duration ttl, Supplier<String> loader) {
		Load mine = new Load(Name.of(entry), Thread.currentThread());
		Load first = this.running.begin(mine);
		if (first != null) {
			String value = this.running.await(first, this.running.isWithinLoader() ? WITHIN_LOADER : LONGEST_WAIT);
			return (value != null) ? value : loader.get();
		}
		boolean within = this.running.isWithinLoader();
		this.running.enter();
		try {
			String value = loadAcrossProcesses(entry, ttl, loader, within);
			mine.value.complete(value);
			return value;
		}
		catch (Throwable ex) {
			mine.value.completeExceptionally(ex);
			throw ex;
		}
		finally {
			this.running.leave();
			this.running.end(mine);
		}
	}

	private String loadAcrossProcesses(Entry entry, Duration ttl, Supplier<String> loader, boolean within) {
		UUID token = UUID.randomUUID();
		long pause = FIRST_LOOK_MILLIS;
		long end = System.nanoTime() + (within ? WITHIN_LOADER : LONGEST_WAIT).toNanos();
		while (!begin(entry, token)) {
			if (System.nanoTime() - end > 0) {
				return loader.get();
			}
			sleep(pause, entry.key);
			pause = Math.min(pause * 2, LAST_LOOK_MILLIS);
			Optional<String> loaded = find(entry);
			if (loaded.isPresent()) {
				return loaded.get();
			}
		}
		boolean kept = false;
		try {
			// The load that ran before this one may have kept a value since the look.
			Optional<String> found = this.store.get(entry.region, entry.key);
			Optional<String> loaded = found.filter(entry.readable);
			if (loaded.isPresent()) {
				return loaded.get();
			}
			String value = loader.get();
			kept = keep(entry, token, value, ttl, found.isPresent());
			return value;
		}
		finally {
			this.leased.remove(token);
			if (!kept) {
				abandon(entry, token);
			}
		}
	}

	private boolean begin(Entry entry, UUID token) {
		boolean begun = this.store.loads().begin(entry.region, entry.key, token, LEASE);
		if (begun) {
			this.leased.add(token);
		}
		return begun;
	}

	/**
	 * Looks for a value that its callers can read.
	 */
	private Optional<String> find(Entry entry) {
		return this.store.get(entry.region, entry.key).filter(entry.readable);
	}

	// The loaded value is there, whatever becomes of it in the cache. One that cannot be
	// read
	// is replaced: to keep means to leave what is there.
	private boolean keep(Entry entry, UUID token, String value, Duration ttl, boolean unreadable) {
		try {
			if (unreadable) {
				this.store.set(entry.region, entry.key, value, ttl);
				return false;
			}
			this.store.loads().keep(entry.region, entry.key, token, value, ttl);
			return true;
		}
		catch (DataAccessException | PayloadException ex) {
			logger.warn("The loaded value of cache key '" + entry.key + "' of region '" + entry.region
					+ "' could not be kept; its callers get it", ex);
			return false;
		}
	}

	private void abandon(Entry entry, UUID token) {
		try {
			this.store.loads().abandon(entry.region, entry.key, token);
		}
		catch (RuntimeException | Error ex) {
			// The caller gets what went wrong before; the lease ends by itself.
			logger.warn("Could not end the load of cache key '" + entry.key + "'; others wait for it up to "
					+ LEASE.toSeconds() + " s", ex);
		}
	}

	/**
	 * Loads without blocking the calling thread.
	 */
	CompletableFuture<String> loadLater(Entry entry, Duration ttl, Supplier<? extends CompletionStage<String>> loader) {
		Load mine = new Load(Name.of(entry), null);
		Load first = this.running.begin(mine);
		if (first == null) {
			mine.value.whenComplete((value, ex) -> this.running.end(mine));
			later(mine, () -> begin(mine, entry, ttl, loader, UUID.randomUUID(), FIRST_LOOK_MILLIS));
		}
		return (first != null) ? first.value.copy().orTimeout(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
				: mine.value.copy();
	}

	/** Does work for a load on one of the threads; if it throws, the load has failed. */
	private void later(Load load, Runnable work) {
		CompletableFuture.runAsync(work, this.threads).whenComplete((done, ex) -> {
			if (ex != null) {
				load.value.completeExceptionally(withoutWrapper(ex));
			}
		});
	}

	private void begin(Load load, Entry entry, Duration ttl, Supplier<? extends CompletionStage<String>> loader,
			UUID token, long pause) {
		if (!begin(entry, token)) {
			Optional<String> loaded = find(entry);
			if (loaded.isPresent()) {
				load.value.complete(loaded.get());
			}
			else {
				this.thread.schedule(
						() -> later(load,
								() -> begin(load, entry, ttl, loader, token, Math.min(pause * 2, LAST_LOOK_MILLIS))),
						pause, TimeUnit.MILLISECONDS);
			}
			return;
		}
		AtomicBoolean loading = new AtomicBoolean();
		try {
			Optional<String> found = this.store.get(entry.region, entry.key);
			Optional<String> loaded = found.filter(entry.readable);
			if (loaded.isPresent()) {
				load.value.complete(loaded.get());
				return;
			}
			CompletionStage<String> value = loader.get();
			loading.set(true);
			value.whenComplete((result, ex) -> later(load, () -> {
				boolean kept = result != null && keep(entry, token, result, ttl, found.isPresent());
				end(load, entry, token, kept, result, ex);
			}));
		}
		finally {
			if (!loading.get()) {
				this.leased.remove(token);
				abandon(entry, token);
			}
		}
	}

	private void end(Load load, Entry entry, UUID token, boolean kept, @Nullable String value,
			@Nullable Throwable thrown) {
		this.leased.remove(token);
		if (!kept) {
			abandon(entry, token);
		}
		if (value != null) {
			load.value.complete(value);
		}
		else {
			load.value.completeExceptionally(
					(thrown != null) ? withoutWrapper(thrown) : new IllegalStateException("The loader returned null"));
		}
	}

	private static Throwable withoutWrapper(Throwable ex) {
		return (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	private static void sleep(long millis, String key) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw interrupted(key, ex);
		}
	}

	static IllegalStateException interrupted(String key, InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new IllegalStateException("Interrupted while another loads cache key '" + key + "'", ex);
	}

	/**
	 * Makes callers from now on load anew, whatever a load that runs will bring.
	 */
	void forget(String region, String key) {
		this.running.forget(region, key);
	}

	void forgetAll(String region) {
		this.running.forgetAll(region);
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
		this.threads.shutdownNow();
	}

	/**
	 * One value of the cache.
	 *
	 * @param region the region
	 * @param key the key
	 * @param readable tells whether a value that is there fits what its callers ask for
	 */
	record Entry(String region, String key, Predicate<String> readable) {
	}

}
