package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.cache.LenientCache;
import io.ikigai.platform.transaction.Ending;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;

/**
 * A region over a store. Checks what comes in before anything is written. A write that
 * fails in a transaction is undone to a savepoint, so that a caller that catches the
 * failure can go on.
 */
final class RegionCache implements LenientCache {

	// What every backend's clock can still add.
	private static final Duration LONGEST_TTL = Duration.ofDays(36_500);

	private static final Duration SHORTEST_TTL = Duration.ofMillis(1);

	private final String region;

	private final CacheStore store;

	private final RegionValues values;

	private final SharedLoads loads;

	private final RegionReads reads;

	private final PlatformTransactions transactions;

	RegionCache(String region, CacheStore store, PayloadJson json, SharedLoads loads, RegionReads reads,
			PlatformTransactions transactions) {
		this.region = region;
		this.store = store;
		this.values = new RegionValues(region, json, reads);
		this.loads = loads;
		this.reads = reads;
		this.transactions = transactions;
	}

	@Override
	public <T> Optional<T> get(String key, Class<T> type) {
		return read(key, type);
	}

	@Override
	public <T> Optional<T> get(String key, TypeRef<T> type) {
		return read(key, type.type());
	}

	private <T> Optional<T> read(String key, Type type) {
		Optional<String> found = this.store.get(this.region, checkKey(key));
		this.reads.read(1, found.isPresent() ? 1 : 0);
		return found.map((value) -> this.values.read(key, value, type));
	}

	@Override
	public <T> Optional<T> find(String key, TypeRef<T> type) {
		return find(key, type.type());
	}

	private <T> Optional<T> find(String key, Type type) {
		return RegionValues.orMiss(() -> read(key, type));
	}

	@Override
	public <T> Map<String, T> getAll(Collection<String> keys, Class<T> type) {
		return readAll(keys, type);
	}

	@Override
	public <T> Map<String, T> getAll(Collection<String> keys, TypeRef<T> type) {
		return readAll(keys, type.type());
	}

	RegionValues values() {
		return this.values;
	}

	<T> Map<String, T> readAll(Collection<String> keys, Type type) {
		Set<String> distinct = new LinkedHashSet<>(keys);
		distinct.forEach(RegionCache::checkKey);
		if (distinct.isEmpty()) {
			return Map.of();
		}
		Map<String, String> found = this.store.getAll(this.region, distinct);
		this.reads.read(distinct.size(), found.size());
		Map<String, T> values = new LinkedHashMap<>();
		for (String key : distinct) {
			String value = found.get(key);
			if (value != null) {
				values.put(key, this.values.read(key, value, type));
			}
		}
		return values;
	}

	@Override
	public <T> T get(String key, Class<T> type, Duration ttl, Supplier<T> loader) {
		return load(key, type, ttl, loader);
	}

	@Override
	public <T> T get(String key, TypeRef<T> type, Duration ttl, Supplier<T> loader) {
		return load(key, type.type(), ttl, loader);
	}

	<T> T load(String key, Type type, Duration ttl, Supplier<T> loader) {
		checkKey(key);
		Duration kept = checkTtl(ttl);
		Optional<T> present = find(key, type);
		if (present.isPresent()) {
			return present.get();
		}
		Supplier<String> written = () -> {
			T value = loader.get();
			if (value == null) {
				throw new IllegalArgumentException("The loader of cache key '" + key + "' of region '" + this.region
						+ "' returned null, which is not a value");
			}
			return this.values.write(key, value);
		};
		if (this.transactions.active()) {
			// What it loads may come from what only this transaction sees: no other
			// caller
			// gets it before the commit.
			String json = written.get();
			keepLoaded(key, json, kept);
			return this.values.read(key, json, type);
		}
		String loaded = this.loads.load(entry(key, type), kept, written);
		return this.values.read(key, loaded, type);
	}

	private SharedLoads.Entry entry(String key, Type type) {
		return new SharedLoads.Entry(this.region, key, (json) -> this.values.isReadable(key, json, type));
	}

	@Override
	public <T> T load(String key, TypeRef<T> type, Duration ttl, Supplier<T> loader) {
		Optional<T> present = find(checkKey(key), type);
		if (present.isPresent()) {
			return present.get();
		}
		if (this.transactions.active()) {
			T value = loader.get();
			keep(key, value, type, ttl);
			return value;
		}
		try {
			String loaded = this.loads.load(entry(key, type.type()), checkTtl(ttl),
					() -> this.values.writeOrHandOver(key, loader.get(), type.type()));
			return this.values.read(key, loaded, type.type());
		}
		catch (NotKept ex) {
			return ex.value();
		}
		catch (PayloadException ex) {
			// Loaded as another type by another caller.
			return loader.get();
		}
	}

	@Override
	public <T> CompletableFuture<T> loadLater(String key, TypeRef<T> type, Duration ttl,
			Supplier<? extends CompletionStage<T>> loader) {
		checkKey(key);
		if (this.transactions.active()) {
			Optional<T> present = find(key, type);
			return present.isPresent() ? CompletableFuture.completedFuture(present.get())
					: loader.get().toCompletableFuture();
		}
		return CompletableFuture.supplyAsync(() -> find(key, type), threads()).thenCompose((present) -> {
			if (present.isPresent()) {
				return CompletableFuture.completedFuture(present.get());
			}
			return this.loads
				.loadLater(entry(key, type.type()), checkTtl(ttl),
						() -> loader.get().thenApply((value) -> this.values.writeOrHandOver(key, value, type.type())))
				.thenApply((loaded) -> this.values.<T>read(key, loaded, type.type()))
				.exceptionallyCompose((ex) -> {
					Throwable cause = (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
					return (cause instanceof NotKept notKept) ? CompletableFuture.completedFuture(notKept.value())
							: CompletableFuture.failedFuture(cause);
				});
		});
	}

	@Override
	public Executor threads() {
		return this.loads.threads();
	}

	@Override
	public void keep(String key, Object value, TypeRef<?> type, Duration ttl) {
		checkKey(key);
		String written;
		try {
			written = this.values.writeRestorable(key, value, type.type());
		}
		catch (IllegalArgumentException ex) {
			this.reads.notKept(this.region, key, ex);
			drop(key);
			return;
		}
		keepLoaded(key, written, checkTtl(ttl));
	}

	private void keepLoaded(String key, String written, Duration ttl) {
		if (this.transactions.readOnly()) {
			afterCommit(key, () -> this.store.set(this.region, key, written, ttl));
			return;
		}
		try {
			this.transactions.guarded(() -> {
				this.store.set(this.region, key, written, ttl);
				return true;
			});
		}
		catch (DataAccessException | PayloadException ex) {
			this.reads.notKept(this.region, key, ex);
		}
	}

	private void afterCommit(String key, Runnable change) {
		this.transactions.whenEnded((ending) -> {
			if (ending != Ending.COMMITTED) {
				return;
			}
			try {
				change.run();
			}
			catch (RuntimeException ex) {
				// The transaction is over and cannot fail any more.
				this.reads.notKept(this.region, key, ex);
			}
		});
	}

	@Override
	public void drop(String key) {
		if (this.transactions.readOnly()) {
			checkKey(key);
			afterCommit(key, () -> delete(key));
		}
		else {
			delete(key);
		}
	}

	@Override
	public void dropAll() {
		if (this.transactions.readOnly()) {
			afterCommit("*", this::clear);
		}
		else {
			clear();
		}
	}

	@Override
	public void set(String key, Object value) {
		String written = this.values.write(checkKey(key), value);
		changing(() -> {
			this.store.set(this.region, key, written, null);
			return true;
		});
	}

	@Override
	public void set(String key, Object value, Duration ttl) {
		String written = this.values.write(checkKey(key), value);
		Duration kept = checkTtl(ttl);
		changing(() -> {
			this.store.set(this.region, key, written, kept);
			return true;
		});
	}

	@Override
	public boolean setIfAbsent(String key, Object value, Duration ttl) {
		String written = this.values.write(checkKey(key), value);
		Duration kept = checkTtl(ttl);
		return changing(() -> this.store.setIfAbsent(this.region, key, written, kept));
	}

	@Override
	public boolean delete(String key) {
		checkKey(key);
		this.loads.forget(this.region, key);
		return changing(() -> this.store.delete(this.region, key));
	}

	@Override
	public long increment(String key, long delta) {
		return add(key, delta, null);
	}

	@Override
	public long increment(String key, long delta, Duration ttl) {
		return add(key, delta, checkTtl(ttl));
	}

	private long add(String key, long delta, @Nullable Duration ttl) {
		checkKey(key);
		return changing(() -> this.store.increment(this.region, key, delta, ttl))
			.orElseThrow(() -> new PayloadException(
					"Cache key '" + key + "' of region '" + this.region + "' cannot be incremented by " + delta
							+ ": its value is no whole number, or the sum is no long. Delete it or set a number",
					null));
	}

	@Override
	public void clear() {
		this.loads.forgetAll(this.region);
		changing(() -> {
			this.store.clear(this.region);
			return true;
		});
	}

	private <R> R changing(Supplier<R> write) {
		return this.transactions.guarded(write);
	}

	static String checkKey(String key) {
		return Names.check("cache key", key);
	}

	static Duration checkTtl(Duration ttl) {
		if (ttl.isNegative() || ttl.isZero()) {
			throw new IllegalArgumentException("A time to live must be greater than zero, not " + ttl);
		}
		if (ttl.compareTo(SHORTEST_TTL) < 0) {
			return SHORTEST_TTL;
		}
		return (ttl.compareTo(LONGEST_TTL) > 0) ? LONGEST_TTL : ttl;
	}

}
