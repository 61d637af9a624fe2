package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.ikigai.platform.TypeRef;

/**
 * A region as caching annotations use it: the cache is never the reason for a method to
 * fail. What cannot be read is a miss, what cannot be kept is not kept, and the log tells
 * so once for each region. Safe for use by several threads.
 */
public interface LenientCache extends Cache {

	/**
	 * Reads a value.
	 * @param key the key
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the value, if there is one that has not expired and fits the type
	 */
	<T> Optional<T> find(String key, TypeRef<T> type);

	/**
	 * Keeps a value if it can be written and read back as the type. If it cannot, what
	 * the key had is deleted. A transaction that is running is never spoiled; a read-only
	 * one has the value kept after its commit.
	 * @param key the key
	 * @param value the value
	 * @param type what it will be read as
	 * @param ttl how long it is kept
	 */
	void keep(String key, Object value, TypeRef<?> type, Duration ttl);

	/**
	 * Deletes a value; for a read-only transaction after its commit.
	 * @param key the key
	 */
	void drop(String key);

	/**
	 * Deletes all values of this region; for a read-only transaction after its commit.
	 */
	void dropAll();

	/**
	 * Reads a value, or loads and keeps it, with one call of a loader for all callers.
	 * @param key the key
	 * @param type what to read it as
	 * @param ttl how long a loaded value is kept
	 * @param loader makes the value
	 * @param <T> what to read it as
	 * @return the value, also when it cannot be kept
	 */
	<T> T load(String key, TypeRef<T> type, Duration ttl, Supplier<T> loader);

	/**
	 * Does the same without blocking the calling thread. Inside a transaction the value
	 * is loaded for the caller alone, and not kept.
	 * @param key the key
	 * @param type what to read it as
	 * @param ttl how long a loaded value is kept
	 * @param loader begins to make the value; called by a thread of {@link #threads()}
	 * @param <T> what to read it as
	 * @return the value, also when it cannot be kept; {@code null} if the loader's is
	 */
	<T> CompletableFuture<T> loadLater(String key, TypeRef<T> type, Duration ttl,
			Supplier<? extends CompletionStage<T>> loader);

	/**
	 * Returns the threads that wait for the backend in place of a caller that must not
	 * block.
	 * @return the threads
	 */
	Executor threads();

}
