package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A store whose values processes may also keep near, in their own memory: it tells how
 * long a value has left, and processes of each other's changes. What it tells may be lost
 * or come twice. Safe for use by several threads.
 */
public interface NearCacheStore extends CacheStore {

	/**
	 * Reads values in one round trip.
	 * @param region the region
	 * @param keys the keys
	 * @return those that are there, by their keys
	 */
	Map<String, Remaining> getRemaining(String region, Collection<String> keys);

	/**
	 * Tells other processes of a change that is committed. Does not wait, and fails
	 * never: what cannot be told is logged.
	 * @param region the region
	 * @param key the key, or {@code null} for all of the region
	 */
	void announce(String region, @Nullable String key);

	/**
	 * Listens to what other processes announce.
	 * @param changes is told
	 * @return ends the listening
	 */
	AutoCloseable listen(Changes changes);

	/**
	 * A value.
	 *
	 * @param json the value
	 * @param left how long it is kept from when it was read, or {@code null} until it is
	 * replaced or deleted
	 */
	record Remaining(String json, @Nullable Duration left) {
	}

	/**
	 * Is told of changes.
	 */
	interface Changes {

		/**
		 * Values were changed.
		 * @param region the region
		 * @param keys the keys, or none for all of the region
		 */
		void changed(String region, Collection<String> keys);

		/**
		 * Changes may have been missed: anything may have changed.
		 */
		void missed();

	}

}
