package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.ikigai.platform.cache.NearCacheStore;
import org.jspecify.annotations.Nullable;

/**
 * The regions whose values this process keeps near, and what it hears and tells of
 * changes. Needs Caffeine. Safe for use by several threads.
 */
public final class NearCaches implements AutoCloseable {

	private final Map<String, NearRegion> regions = new ConcurrentHashMap<>();

	private final NearCacheStore store;

	private final PlatformTransactions transactions;

	private final AutoCloseable listening;

	/**
	 * Keeps values of regions near, and listens to changes.
	 * @param regions which, and how
	 * @param store where values are kept
	 * @param transactions the transactions of the platform's database
	 */
	public NearCaches(Map<String, Settings> regions, NearCacheStore store, PlatformTransactions transactions) {
		regions.forEach((name, near) -> this.regions.put(name, new NearRegion(near.maxSize(), near.maxStaleness())));
		this.store = store;
		this.transactions = transactions;
		this.listening = store.listen(new Heard());
	}

	@Nullable NearRegion find(String region) {
		return this.regions.get(region);
	}

	NearCacheStore store() {
		return this.store;
	}

	/**
	 * Tells whether what is read now may be what nobody else sees, or is no longer so.
	 */
	boolean inTransaction() {
		return this.transactions.active();
	}

	/**
	 * Forgets a key, or all, here and in other processes, once the running transaction
	 * has ended. How it ended may be unknown, so that a rollback forgets too.
	 */
	void changed(String region, @Nullable String key) {
		if (this.transactions.active()) {
			this.transactions.whenEnded((ending) -> changedNow(region, key));
		}
		else {
			changedNow(region, key);
		}
	}

	private void changedNow(String region, @Nullable String key) {
		forget(region, (key != null) ? List.of(key) : List.of());
		this.store.announce(region, key);
	}

	private void forget(String region, Collection<String> keys) {
		NearRegion near = this.regions.get(region);
		if (near == null) {
			return;
		}
		if (keys.isEmpty()) {
			near.allChanged();
		}
		else {
			near.changed(keys);
		}
	}

	@Override
	public void close() throws Exception {
		this.listening.close();
	}

	/**
	 * How values of a region are kept near.
	 *
	 * @param maxSize how many at most
	 * @param maxStaleness how long at most after they were read
	 */
	public record Settings(long maxSize, Duration maxStaleness) {
	}

	private final class Heard implements NearCacheStore.Changes {

		@Override
		public void changed(String region, Collection<String> keys) {
			forget(region, keys);
		}

		@Override
		public void missed() {
			NearCaches.this.regions.values().forEach(NearRegion::allChanged);
		}

	}

}
