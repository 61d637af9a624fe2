package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * Where values are kept: what a backend of the cache implements. Regions, keys, values
 * and times have been checked before. A value that has expired by the backend's clock is
 * as one that is not there. Each method is atomic. Safe for use by several threads.
 */
public interface CacheStore {

	/**
	 * Reads a value.
	 * @param region the region
	 * @param key the key
	 * @return its JSON, if there is one
	 */
	Optional<String> get(String region, String key);

	/**
	 * Reads many values in one round trip.
	 * @param region the region
	 * @param keys the keys
	 * @return the JSON of those that are there, by their keys
	 */
	Map<String, String> getAll(String region, Collection<String> keys);

	/**
	 * Keeps a value.
	 * @param region the region
	 * @param key the key
	 * @param json the value
	 * @param ttl how long, or {@code null} until it is replaced or deleted
	 */
	void set(String region, String key, String json, @Nullable Duration ttl);

	/**
	 * Keeps a value if there is none.
	 * @param region the region
	 * @param key the key
	 * @param json the value
	 * @param ttl how long
	 * @return whether it was kept
	 */
	boolean setIfAbsent(String region, String key, String json, Duration ttl);

	/**
	 * Deletes a value, and makes a load of it that runs keep nothing.
	 * @param region the region
	 * @param key the key
	 * @return whether there was one
	 */
	boolean delete(String region, String key);

	/**
	 * Adds to a number.
	 * @param region the region
	 * @param key the key
	 * @param delta what to add
	 * @param ttl how long it is kept if it is new, or {@code null}
	 * @return the sum; empty, and nothing changed, if the value is no whole number or the
	 * sum no {@code long}
	 */
	OptionalLong increment(String region, String key, long delta, @Nullable Duration ttl);

	/**
	 * Deletes all values of a region, and makes loads that run keep nothing.
	 * @param region the region
	 */
	void clear(String region);

	/**
	 * Returns the loads of values that run in all processes.
	 * @return the loads
	 */
	CacheLoads loads();

}
