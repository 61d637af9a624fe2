package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.UUID;

/**
 * Who loads which value, across processes: the other half of what a backend of the cache
 * implements. Called outside transactions only. Safe for use by several threads.
 */
public interface CacheLoads {

	/**
	 * Begins a load, unless another one of that key runs.
	 * @param region the region
	 * @param key the key
	 * @param token names this load
	 * @param lease how long the load counts as running without an extension
	 * @return whether the load is the caller's
	 */
	boolean begin(String region, String key, UUID token, Duration lease);

	/**
	 * Extends loads that still run.
	 * @param tokens the loads
	 * @param lease how long from now
	 */
	void extend(Collection<UUID> tokens, Duration lease);

	/**
	 * Ends a load and keeps its value, unless the key was given one or deleted meanwhile
	 * or another load took over.
	 * @param region the region
	 * @param key the key
	 * @param token the load
	 * @param json the value
	 * @param ttl how long the value is kept
	 */
	void keep(String region, String key, UUID token, String json, Duration ttl);

	/**
	 * Ends a load that brought no value.
	 * @param region the region
	 * @param key the key
	 * @param token the load
	 */
	void abandon(String region, String key, UUID token);

}
