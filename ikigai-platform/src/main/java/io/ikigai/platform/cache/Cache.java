package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.ikigai.platform.TypeRef;

/**
 * One region of the cache. Keys are any Unicode text of 1 to 255 characters, values
 * anything that Jackson writes as JSON; {@code null} is not a value. Times to live are
 * measured by the backend's clock and greater than zero. Safe for use by several threads.
 */
public interface Cache {

	/**
	 * Reads a value.
	 * @param key the key
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the value, if there is one that has not expired
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> Optional<T> get(String key, Class<T> type);

	/**
	 * Reads a value.
	 * @param key the key
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the value, if there is one that has not expired
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> Optional<T> get(String key, TypeRef<T> type);

	/**
	 * Reads many values in one round trip.
	 * @param keys the keys
	 * @param type what to read them as
	 * @param <T> what to read them as
	 * @return the values that are there, by their keys
	 * @throws io.ikigai.platform.PayloadException if one does not fit
	 */
	<T> Map<String, T> getAll(Collection<String> keys, Class<T> type);

	/**
	 * Reads many values in one round trip.
	 * @param keys the keys
	 * @param type what to read them as
	 * @param <T> what to read them as
	 * @return the values that are there, by their keys
	 * @throws io.ikigai.platform.PayloadException if one does not fit
	 */
	<T> Map<String, T> getAll(Collection<String> keys, TypeRef<T> type);

	/**
	 * Reads a value, or loads and keeps it. The loader is called once per key, however
	 * many callers there are; what it throws, its callers get, and nothing is kept.
	 * @param key the key
	 * @param type what to read it as
	 * @param ttl how long a loaded value is kept
	 * @param loader makes the value
	 * @param <T> what to read it as
	 * @return the value
	 */
	<T> T get(String key, Class<T> type, Duration ttl, Supplier<T> loader);

	/**
	 * Reads a value, or loads and keeps it.
	 * @param key the key
	 * @param type what to read it as
	 * @param ttl how long a loaded value is kept
	 * @param loader makes the value
	 * @param <T> what to read it as
	 * @return the value
	 */
	<T> T get(String key, TypeRef<T> type, Duration ttl, Supplier<T> loader);

	/**
	 * Keeps a value until it is replaced or deleted.
	 * @param key the key
	 * @param value the value
	 * @throws io.ikigai.platform.PayloadException if the value cannot be taken
	 */
	void set(String key, Object value);

	/**
	 * Keeps a value for a time.
	 * @param key the key
	 * @param value the value
	 * @param ttl how long
	 * @throws io.ikigai.platform.PayloadException if the value cannot be taken
	 */
	void set(String key, Object value, Duration ttl);

	/**
	 * Keeps a value if the key has none.
	 * @param key the key
	 * @param value the value
	 * @param ttl how long
	 * @return whether it was kept
	 * @throws io.ikigai.platform.PayloadException if the value cannot be taken
	 */
	boolean setIfAbsent(String key, Object value, Duration ttl);

	/**
	 * Deletes a value.
	 * @param key the key
	 * @return whether there was one
	 */
	boolean delete(String key);

	/**
	 * Adds to a number, which begins at zero.
	 * @param key the key
	 * @param delta what to add
	 * @return the sum
	 * @throws io.ikigai.platform.PayloadException if the value there is no number
	 */
	long increment(String key, long delta);

	/**
	 * Adds to a number, which begins at zero.
	 * @param key the key
	 * @param delta what to add
	 * @param ttl how long the number is kept, set when the key is new
	 * @return the sum
	 * @throws io.ikigai.platform.PayloadException if the value there is no number
	 */
	long increment(String key, long delta, Duration ttl);

	/**
	 * Deletes all values of this region.
	 */
	void clear();

}
