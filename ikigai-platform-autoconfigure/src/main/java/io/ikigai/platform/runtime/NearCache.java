package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.cache.LenientCache;
import io.ikigai.platform.cache.NearCacheStore.Remaining;

/**
 * A region whose values are kept near as they are read. Inside a transaction nothing near
 * is read or kept: it may see its own writes, or an old snapshot.
 */
final class NearCache implements LenientCache {

	private final String name;

	private final RegionCache region;

	private final NearRegion near;

	private final NearCaches caches;

	private final RegionReads reads;

	NearCache(String name, RegionCache region, NearRegion near, NearCaches caches, RegionReads reads) {
		this.name = name;
		this.region = region;
		this.near = near;
		this.caches = caches;
		this.reads = reads;
	}

	@Override
	public <T> Optional<T> get(String key, Class<T> type) {
		return find(key, type);
	}

	@Override
	public <T> Optional<T> get(String key, TypeRef<T> type) {
		return find(key, type.type());
	}

	private <T> Optional<T> near(String key, Type type) {
		Optional<T> found = this.near.find(key, type);
		if (found.isPresent()) {
			this.reads.foundNear();
		}
		return found;
	}

	@Override
	public <T> Optional<T> find(String key, TypeRef<T> type) {
		return findReadable(key, type.type());
	}

	private <T> Optional<T> findReadable(String key, Type type) {
		return RegionValues.orMiss(() -> find(key, type));
	}

	private <T> Optional<T> find(String key, Type type) {
		if (!this.caches.inTransaction()) {
			Optional<T> present = near(key, type);
			if (present.isPresent()) {
				return present;
			}
		}
		return this.<T>readAll(List.of(RegionCache.checkKey(key)), type).values().stream().findFirst();
	}

	@Override
	public <T> Map<String, T> getAll(Collection<String> keys, Class<T> type) {
		return readAll(keys, type);
	}

	@Override
	public <T> Map<String, T> getAll(Collection<String> keys, TypeRef<T> type) {
		return readAll(keys, type.type());
	}

	private <T> Map<String, T> readAll(Collection<String> keys, Type type) {
		Set<String> distinct = new LinkedHashSet<>(keys);
		distinct.forEach(RegionCache::checkKey);
		if (this.caches.inTransaction()) {
			return this.region.readAll(distinct, type);
		}
		Map<String, T> found = new HashMap<>();
		List<String> missing = new ArrayList<>();
		for (String key : distinct) {
			this.<T>near(key, type).ifPresentOrElse((value) -> found.put(key, value), () -> missing.add(key));
		}
		if (!missing.isEmpty()) {
			found.putAll(fetch(missing, type));
		}
		Map<String, T> values = new LinkedHashMap<>();
		for (String key : distinct) {
			T value = found.get(key);
			if (value != null) {
				values.put(key, value);
			}
		}
		return values;
	}

	private <T> Map<String, T> fetch(List<String> keys, Type type) {
		Map<String, NearRegion.Ticket> tickets = new HashMap<>();
		keys.forEach((key) -> tickets.put(key, this.near.ticket(key)));
		Map<String, T> values = new HashMap<>();
		Map<String, Remaining> read = this.caches.store().getRemaining(this.name, keys);
		this.reads.read(keys.size(), read.size());
		tickets.forEach((key, ticket) -> {
			Remaining remaining = read.get(key);
			if (remaining != null) {
				T value = this.region.values().read(key, remaining.json(), type);
				this.near.keep(key, type, value, remaining.left(), ticket);
				values.put(key, value);
			}
		});
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

	// What was loaded comes near when it is read the next time: then it is known how long
	// it has left.
	private <T> T load(String key, Type type, Duration ttl, Supplier<T> loader) {
		RegionCache.checkTtl(ttl);
		Optional<T> present = findReadable(key, type);
		return present.isPresent() ? present.get() : loading(key, () -> this.region.load(key, type, ttl, loader));
	}

	@Override
	public <T> T load(String key, TypeRef<T> type, Duration ttl, Supplier<T> loader) {
		Optional<T> present = find(key, type);
		return present.isPresent() ? present.get() : loading(key, () -> this.region.load(key, type, ttl, loader));
	}

	private <T> T loading(String key, Supplier<T> load) {
		boolean inTransaction = this.caches.inTransaction();
		try {
			return load.get();
		}
		finally {
			if (inTransaction) {
				this.caches.changed(this.name, key);
			}
		}
	}

	@Override
	public <T> CompletableFuture<T> loadLater(String key, TypeRef<T> type, Duration ttl,
			Supplier<? extends CompletionStage<T>> loader) {
		Optional<T> present = this.caches.inTransaction() ? Optional.empty()
				: near(RegionCache.checkKey(key), type.type());
		return present.isPresent() ? CompletableFuture.completedFuture(present.get())
				: this.region.loadLater(key, type, ttl, loader);
	}

	@Override
	public Executor threads() {
		return this.region.threads();
	}

	@Override
	public void keep(String key, Object value, TypeRef<?> type, Duration ttl) {
		changing(key, () -> {
			this.region.keep(key, value, type, ttl);
			return true;
		});
	}

	@Override
	public void drop(String key) {
		changing(key, () -> {
			this.region.drop(key);
			return true;
		});
	}

	@Override
	public void dropAll() {
		try {
			this.region.dropAll();
		}
		finally {
			this.caches.changed(this.name, null);
		}
	}

	@Override
	public void set(String key, Object value) {
		changing(key, () -> {
			this.region.set(key, value);
			return true;
		});
	}

	@Override
	public void set(String key, Object value, Duration ttl) {
		changing(key, () -> {
			this.region.set(key, value, ttl);
			return true;
		});
	}

	@Override
	public boolean setIfAbsent(String key, Object value, Duration ttl) {
		return changing(key, () -> this.region.setIfAbsent(key, value, ttl));
	}

	@Override
	public boolean delete(String key) {
		return changing(key, () -> this.region.delete(key));
	}

	@Override
	public long increment(String key, long delta) {
		return changing(key, () -> this.region.increment(key, delta));
	}

	@Override
	public long increment(String key, long delta, Duration ttl) {
		return changing(key, () -> this.region.increment(key, delta, ttl));
	}

	// Also when it failed: it may have been done all the same.
	private <R> R changing(String key, Supplier<R> write) {
		RegionCache.checkKey(key);
		try {
			return write.get();
		}
		finally {
			this.caches.changed(this.name, key);
		}
	}

	@Override
	public void clear() {
		try {
			this.region.clear();
		}
		finally {
			this.caches.changed(this.name, null);
		}
	}

}
