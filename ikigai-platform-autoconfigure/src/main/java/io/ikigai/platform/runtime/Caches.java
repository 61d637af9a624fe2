package io.ikigai.platform.runtime;

import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.cache.CacheStore;

/**
 * The regions of the cache. Safe for use by several threads.
 */
public final class Caches implements AutoCloseable {

	private static final String DEFAULT_REGION = "default";

	private final CacheStore store;

	private final PayloadJson json;

	private final SharedLoads loads;

	/**
	 * Creates the cache.
	 * @param store where values are kept
	 * @param json values to JSON and back
	 * @param transactions the transactions of the platform's database
	 */
	public Caches(CacheStore store, PayloadJson json, PlatformTransactions transactions) {
		this.store = store;
		this.json = json;
		this.loads = new SharedLoads(store, transactions);
	}

	Cache region() {
		return region(DEFAULT_REGION);
	}

	Cache region(String name) {
		return new RegionCache(Names.check("cache region", name), this.store, this.json, this.loads);
	}

	@Override
	public void close() {
		this.loads.close();
	}

}
