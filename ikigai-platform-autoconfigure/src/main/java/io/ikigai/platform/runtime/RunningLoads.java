package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import io.ikigai.platform.runtime.SharedLoads.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The loads that run in this process, and which of their threads wait for which of them:
 * loaders that need each other's keys are refused, for they would wait for ever. Safe for
 * use by several threads.
 */
final class RunningLoads {

	private final Map<Name, Load> running = new ConcurrentHashMap<>();

	/** What threads wait for, guarded by this. */
	private final Map<Thread, Load> waiting = new HashMap<>();

	private final Map<Thread, Integer> loading = new ConcurrentHashMap<>();

	/**
	 * Begins a load.
	 * @param thread the thread that calls the loader, if it is known
	 * @return the load that runs already, or {@code null} if this one began
	 */
	@Nullable Load begin(Load load) {
		return this.running.putIfAbsent(load.name, load);
	}

	void end(Load load) {
		this.running.remove(load.name, load);
	}

	void forget(String region, String key) {
		this.running.remove(new Name(region, key));
	}

	void forgetAll(String region) {
		this.running.keySet().removeIf((name) -> name.region.equals(region));
	}

	/**
	 * Marks the current thread as one that loads, until {@link #leave()}.
	 */
	void enter() {
		this.loading.merge(Thread.currentThread(), 1, Integer::sum);
	}

	void leave() {
		this.loading.computeIfPresent(Thread.currentThread(), (thread, depth) -> (depth > 1) ? depth - 1 : null);
	}

	/**
	 * Tells whether the current thread is within a loader: others may wait for it.
	 */
	boolean isWithinLoader() {
		return this.loading.containsKey(Thread.currentThread());
	}

	/**
	 * Waits for a load of another thread.
	 * @return its value, or {@code null} if it does not end in time
	 * @throws IllegalStateException if that load waits for the current thread's
	 */
	@Nullable String await(Load load, Duration limit) {
		Thread current = Thread.currentThread();
		synchronized (this) {
			refuseCircle(current, load);
			this.waiting.put(current, load);
		}
		try {
			return load.value.get(limit.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			throw SharedLoads.interrupted(load.name.key, ex);
		}
		catch (ExecutionException ex) {
			throw RunningLoads.<RuntimeException>asItIs((ex.getCause() != null) ? ex.getCause() : ex);
		}
		finally {
			synchronized (this) {
				this.waiting.remove(current);
			}
		}
	}

	private void refuseCircle(Thread current, Load load) {
		List<Load> chain = new ArrayList<>();
		for (Load next = load; next != null && !chain.contains(next); next = this.waiting.get(next.loader)) {
			chain.add(next);
			if (next.loader == current) {
				throw new IllegalStateException((chain.size() == 1)
						? "The loader of cache key '" + load.name.key + "' asks for the same key"
						: "The loaders of cache keys "
								+ chain.stream()
									.map((each) -> "'" + each.name.key + "'")
									.collect(Collectors.joining(", "))
								+ " need each other's values and would wait for ever: load one of them without the other");
			}
		}
	}

	// What a loader throws reaches all its callers as it is, checked ones included.
	@SuppressWarnings("unchecked")
	private static <X extends Throwable> X asItIs(Throwable thrown) throws X {
		throw (X) thrown;
	}

	/**
	 * What is loaded.
	 *
	 * @param region the region
	 * @param key the key
	 */
	record Name(String region, String key) {

		static Name of(Entry entry) {
			return new Name(entry.region(), entry.key());
		}

	}

	/**
	 * A load. Equal to itself only.
	 */
	static final class Load {

		final Name name;

		final @Nullable Thread loader;

		final CompletableFuture<String> value = new CompletableFuture<>();

		Load(Name name, @Nullable Thread loader) {
			this.name = name;
			this.loader = loader;
		}

	}

}
