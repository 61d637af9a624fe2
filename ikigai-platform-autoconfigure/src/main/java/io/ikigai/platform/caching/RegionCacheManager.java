package io.ikigai.platform.caching;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;

import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.LenientCache;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's view of the platform's cache: each cache is the region of that name and needs
 * no declaration. What it hands out by name knows no type of its values: reading needs
 * {@code get(key, type)}. For annotated methods the {@link MethodCacheResolver} knows.
 * Safe for use by several threads.
 */
public final class RegionCacheManager implements CacheManager {

	private final Platform platform;

	private final Function<String, Duration> ttl;

	/** Expressions may name a region for each user. */
	private static final int MOST_NAMES = 1000;

	private final LaterChanges changes = new LaterChanges();

	private final Set<String> names = new ConcurrentSkipListSet<>();

	/**
	 * Creates the manager.
	 * @param platform whose cache it is
	 * @param ttl how long values of the region of that name are kept
	 */
	public RegionCacheManager(Platform platform, Function<String, Duration> ttl) {
		this.platform = platform;
		this.ttl = ttl;
	}

	@Override
	public Cache getCache(String name) {
		return cache(name, null);
	}

	Cache cache(String name, @Nullable Type type) {
		if (!(this.platform.cache(name) instanceof LenientCache region)) {
			throw new IllegalStateException(this.platform.getClass().getName()
					+ " is a Platform whose caches are no LenientCache, which Spring's caching needs");
		}
		Cache cache = new SpringRegionCache(name, region, this.changes, this.ttl.apply(name), type);
		if (this.names.size() < MOST_NAMES) {
			this.names.add(name);
		}
		return cache;
	}

	@Override
	public Collection<String> getCacheNames() {
		return Set.copyOf(this.names);
	}

}
