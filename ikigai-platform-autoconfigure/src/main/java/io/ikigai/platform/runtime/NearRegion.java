package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * The values of one region that this process keeps near. A value that was read before a
 * change and comes after it is not kept: who reads takes a ticket first, and changes make
 * tickets void. Values are kept from when their reading began, so that none is staler
 * than the bound. Safe for use by several threads.
 */
final class NearRegion {

	private static final int STRIPES = 256;

	private static final long SWEEP_NANOS = 10_000_000_000L;

	private final Cache<String, Near> values;

	private final long maxStalenessNanos;

	private long sweptAt = System.nanoTime();

	private final long[] changes = new long[STRIPES];

	NearRegion(long maxSize, Duration maxStaleness) {
		this.values = Caffeine.newBuilder().maximumSize(maxSize).executor(Runnable::run).build();
		this.maxStalenessNanos = maxStaleness.toNanos();
	}

	@SuppressWarnings("unchecked")
	<T> Optional<T> find(String key, Type type) {
		Near near = this.values.getIfPresent(key);
		return (near != null && near.type.equals(type) && near.goneAt - System.nanoTime() > 0)
				? Optional.of((T) near.value) : Optional.empty();
	}

	/**
	 * Begins a reading of the store.
	 */
	synchronized Ticket ticket(String key) {
		return new Ticket(this.changes[stripe(key)], System.nanoTime());
	}

	/**
	 * Keeps what was read, unless its key has changed since.
	 */
	synchronized void keep(String key, Type type, Object value, @Nullable Duration left, Ticket ticket) {
		if (this.changes[stripe(key)] == ticket.changes) {
			long kept = this.maxStalenessNanos;
			if (left != null && left.compareTo(Duration.ofNanos(kept)) < 0) {
				kept = left.toNanos();
			}
			this.values.put(key, new Near(type, value, ticket.begun + kept));
			dropGone();
		}
	}

	// Who reads asks the clock itself, once; only the memory of what nobody reads any
	// more
	// is to be freed, now and then.
	private void dropGone() {
		long now = System.nanoTime();
		if (now - this.sweptAt > Math.max(this.maxStalenessNanos, SWEEP_NANOS)) {
			this.sweptAt = now;
			this.values.asMap().values().removeIf((near) -> near.goneAt - now <= 0);
		}
	}

	synchronized void changed(Collection<String> keys) {
		for (String key : keys) {
			this.changes[stripe(key)]++;
			this.values.invalidate(key);
		}
	}

	synchronized void allChanged() {
		Arrays.setAll(this.changes, (stripe) -> this.changes[stripe] + 1);
		this.values.invalidateAll();
	}

	private static int stripe(String key) {
		return Math.floorMod(key.hashCode(), STRIPES);
	}

	/**
	 * A reading.
	 *
	 * @param changes how often what shares the key's stripe had changed
	 * @param begun when it began
	 */
	record Ticket(long changes, long begun) {
	}

	/**
	 * A value.
	 *
	 * @param type what it was read as
	 * @param value the value
	 * @param goneAt until when it is kept
	 */
	private record Near(Type type, Object value, long goneAt) {
	}

}
