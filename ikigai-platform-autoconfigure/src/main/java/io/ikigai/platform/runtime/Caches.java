package io.ikigai.platform.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.cache.CacheStatus;
import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.observation.TagNames;
import org.jspecify.annotations.Nullable;

/**
 * The regions of the cache. Safe for use by several threads.
 */
public final class Caches implements CacheStatus, AutoCloseable {

	private static final String DEFAULT_REGION = "default";

	private final CacheStore store;

	private final PayloadJson json;

	private final PlatformTransactions transactions;

	private final SharedLoads loads;

	private final @Nullable NearCaches nearCaches;

	private final TagNames counted = new TagNames();

	private final Map<String, RegionReads> reads = new ConcurrentHashMap<>();

	/**
	 * Creates the cache.
	 * @param store where values are kept
	 * @param json values to JSON and back
	 * @param transactions the transactions of the platform's database
	 * @param nearCaches the regions that are kept near, if any
	 */
	public Caches(CacheStore store, PayloadJson json, PlatformTransactions transactions,
			@Nullable NearCaches nearCaches) {
		this.store = store;
		this.json = json;
		this.transactions = transactions;
		this.loads = new SharedLoads(store);
		this.nearCaches = nearCaches;
	}

	Cache region() {
		return region(DEFAULT_REGION);
	}

	Cache region(String name) {
		RegionReads reads = this.reads.computeIfAbsent(this.counted.of(Names.check("cache region", name)),
				(region) -> new RegionReads());
		RegionCache region = new RegionCache(name, this.store, this.json, this.loads, reads, this.transactions);
		NearRegion near = (this.nearCaches != null) ? this.nearCaches.find(name) : null;
		return (this.nearCaches != null && near != null) ? new NearCache(name, region, near, this.nearCaches, reads)
				: region;
	}

	@Override
	public Map<String, Reads> reads() {
		return this.reads.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, (region) -> region.getValue().counts()));
	}

	@Override
	public void close() throws Exception {
		this.loads.close();
		if (this.nearCaches != null) {
			this.nearCaches.close();
		}
	}

}
