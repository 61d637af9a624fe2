package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import io.ikigai.platform.cache.CacheLoads;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.runtime.OutboxBody.CacheChange;
import io.ikigai.platform.runtime.OutboxRelay.Left;
import org.jspecify.annotations.Nullable;

/**
 * A store on another backend than the database, for use within that database's
 * transactions: values that they set, and clearings, go through the outbox; what returns
 * something is done at once. A deletion is done at once and again after the commit, so
 * that no value survives it that was loaded meanwhile. Safe for use by several threads.
 */
public final class ForeignCacheStore implements NearCacheStore, AutoCloseable {

	private static final String SERVICE = "cache";

	private final NearCacheStore store;

	private final OutboxRelay<CacheChange> relay;

	/**
	 * Wraps a store.
	 * @param store the store
	 * @param outbox the outbox
	 * @param transactions the transactions of the platform's database
	 */
	public ForeignCacheStore(NearCacheStore store, OutboxStore outbox, PlatformTransactions transactions) {
		this.store = store;
		this.relay = new OutboxRelay<>(SERVICE, outbox, transactions, OutboxBody::cacheChange,
				(left) -> left.forEach(this::send));
	}

	private void leave(String region, CacheChange change) {
		this.relay.leave(List.of(new OutboxMessage(SERVICE, region, FreshIds.next(), OutboxBody.of(change))));
	}

	private void send(Left<CacheChange> left) {
		CacheChange change = left.content();
		String region = left.destination();
		if (change.key() == null) {
			this.store.clear(region);
		}
		else if (change.json() == null) {
			this.store.delete(region, change.key());
		}
		else {
			Duration ttl = (change.ttlMillis() != null)
					? Duration.ofMillis(change.ttlMillis()).minus(left.message().age()) : null;
			if (ttl == null || ttl.toMillis() > 0) {
				this.store.set(region, change.key(), change.json(), ttl);
			}
			else {
				this.store.delete(region, change.key());
			}
		}
		this.store.announce(region, change.key());
	}

	@Override
	public void set(String region, String key, String json, @Nullable Duration ttl) {
		if (this.relay.passes()) {
			this.store.set(region, key, json, ttl);
		}
		else {
			leave(region, new CacheChange(key, json, (ttl != null) ? ttl.toMillis() : null));
		}
	}

	@Override
	public boolean delete(String region, String key) {
		boolean passes = this.relay.passes();
		boolean deleted = this.store.delete(region, key);
		if (!passes) {
			leave(region, new CacheChange(key, null, null));
		}
		return deleted;
	}

	@Override
	public void clear(String region) {
		if (this.relay.passes()) {
			this.store.clear(region);
		}
		else {
			leave(region, new CacheChange(null, null, null));
		}
	}

	@Override
	public Optional<String> get(String region, String key) {
		return this.store.get(region, key);
	}

	@Override
	public Map<String, String> getAll(String region, Collection<String> keys) {
		return this.store.getAll(region, keys);
	}

	@Override
	public boolean setIfAbsent(String region, String key, String json, Duration ttl) {
		return this.store.setIfAbsent(region, key, json, ttl);
	}

	@Override
	public OptionalLong increment(String region, String key, long delta, @Nullable Duration ttl) {
		return this.store.increment(region, key, delta, ttl);
	}

	@Override
	public CacheLoads loads() {
		return this.store.loads();
	}

	@Override
	public Map<String, Remaining> getRemaining(String region, Collection<String> keys) {
		return this.store.getRemaining(region, keys);
	}

	@Override
	public void announce(String region, @Nullable String key) {
		this.store.announce(region, key);
	}

	@Override
	public AutoCloseable listen(Changes changes) {
		return this.store.listen(changes);
	}

	@Override
	public void close() {
		this.relay.close();
	}

}
