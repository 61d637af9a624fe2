package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.cache.CacheStore;
import org.jspecify.annotations.Nullable;

/**
 * A region over a store. Checks what comes in before anything is written.
 */
final class RegionCache implements Cache {

	// What every backend's clock can still add.
	private static final Duration LONGEST_TTL = Duration.ofDays(36_500);

	private static final Duration SHORTEST_TTL = Duration.ofMillis(1);

	private final String region;

	private final CacheStore store;

	private final PayloadJson json;

	private final SharedLoads loads;

	private final RegionReads reads;

	RegionCache(String region, CacheStore store, PayloadJson json, SharedLoads loads, RegionReads reads) {
		this.region = region;
		this.store = store;
		this.json = json;
		this.loads = loads;
		this.reads = reads;
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
		return found.map((value) -> value(key, value, type));
	}

	<T> T value(String key, String value, Type type) {
		return this.json.read("cache key '" + key + "' of region '" + this.region + "'", value, type);
	}

	@Override
	public <T> Map<String, T> getAll(Collection<String> keys, Class<T> type) {
		return readAll(keys, type);
	}

	@Override
	public <T> Map<String, T> getAll(Collection<String> keys, TypeRef<T> type) {
		return readAll(keys, type.type());
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
				values.put(key, value(key, value, type));
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
		Optional<T> present = read(key, type);
		if (present.isPresent()) {
			return present.get();
		}
		String loaded = this.loads.load(this.region, key, kept, () -> {
			T value = loader.get();
			if (value == null) {
				throw new IllegalArgumentException("The loader of cache key '" + key + "' of region '" + this.region
						+ "' returned null, which is not a value");
			}
			return write(key, value);
		});
		return value(key, loaded, type);
	}

	@Override
	public void set(String key, Object value) {
		this.store.set(this.region, checkKey(key), write(key, value), null);
	}

	@Override
	public void set(String key, Object value, Duration ttl) {
		this.store.set(this.region, checkKey(key), write(key, value), checkTtl(ttl));
	}

	@Override
	public boolean setIfAbsent(String key, Object value, Duration ttl) {
		return this.store.setIfAbsent(this.region, checkKey(key), write(key, value), checkTtl(ttl));
	}

	@Override
	public boolean delete(String key) {
		checkKey(key);
		this.loads.forget(this.region, key);
		return this.store.delete(this.region, key);
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
		return this.store.increment(this.region, checkKey(key), delta, ttl)
			.orElseThrow(() -> new PayloadException(
					"Cache key '" + key + "' of region '" + this.region + "' cannot be incremented by " + delta
							+ ": its value is no whole number, or the sum is no long. Delete it or set a number",
					null));
	}

	@Override
	public void clear() {
		this.loads.forgetAll(this.region);
		this.store.clear(this.region);
	}

	private String write(String key, Object value) {
		String written = this.json.write("cache entry", value);
		if (written.equals("null")) {
			throw new IllegalArgumentException("The value of cache key '" + key + "', a " + value.getClass().getName()
					+ ", is null as JSON, which is not a value");
		}
		return written;
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
