package io.ikigai.platform.caching;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.cache.LenientCache;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A region as Spring's cache. Null is not kept: a method that returns it is called again,
 * and to put it deletes what was there. No thread waits for what is asked for as a
 * future.
 */
final class SpringRegionCache implements Cache {

	private final String name;

	private final LenientCache region;

	private final LaterChanges changes;

	private final Duration ttl;

	private final @Nullable TypeRef<?> type;

	SpringRegionCache(String name, LenientCache region, LaterChanges changes, Duration ttl, @Nullable Type type) {
		this.name = name;
		this.region = region;
		this.changes = changes;
		this.ttl = ttl;
		this.type = (type != null) ? TypeRef.of(type) : null;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Object getNativeCache() {
		return this.region;
	}

	@Override
	public @Nullable ValueWrapper get(Object key) {
		return this.region.find(CacheKeyText.of(key), typeOfValues())
			.<ValueWrapper>map(SimpleValueWrapper::new)
			.orElse(null);
	}

	private TypeRef<?> typeOfValues() {
		if (this.type == null) {
			throw new IllegalStateException("Cache '" + this.name + "' does not know the type of its values, which "
					+ "the data never tells. Call get(key, type); on an annotation that names a cacheManager, name "
					+ "cacheResolver = \"ikigaiCacheResolver\" instead");
		}
		return this.type;
	}

	@Override
	public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
		if (type == null) {
			@SuppressWarnings("unchecked")
			T value = (T) this.region.find(CacheKeyText.of(key), typeOfValues()).orElse(null);
			return value;
		}
		return this.region.get(CacheKeyText.of(key), type).orElse(null);
	}

	@Override
	public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
		@SuppressWarnings("unchecked")
		TypeRef<T> valueType = (TypeRef<T>) typeOfValues();
		try {
			return this.region.load(CacheKeyText.of(key), valueType, this.ttl, () -> call(valueLoader));
		}
		catch (NothingLoaded ex) {
			return null;
		}
		catch (LoaderFailed ex) {
			throw new ValueRetrievalException(key, valueLoader, ex.getCause());
		}
	}

	private static <T> T call(Callable<T> loader) {
		T value;
		try {
			value = loader.call();
		}
		catch (Exception ex) {
			throw new LoaderFailed(ex);
		}
		if (value == null) {
			throw new NothingLoaded();
		}
		return value;
	}

	// For methods that return a future or a publisher: the calling thread may be one that
	// must not block. In a transaction it reads itself, for only it sees what it wrote.
	@Override
	public CompletableFuture<?> retrieve(Object key) {
		String text = CacheKeyText.of(key);
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			return CompletableFuture.completedFuture(this.region.find(text, typeOfValues()).orElse(null));
		}
		return this.changes.settled(this.name)
			.thenApplyAsync((done) -> this.region.find(text, typeOfValues()).orElse(null), this.region.threads());
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		String text = CacheKeyText.of(key);
		TypeRef<T> valueType = (TypeRef<T>) typeOfValues();
		return this.changes.settled(this.name)
			.thenCompose((done) -> this.region.loadLater(text, valueType, this.ttl, valueLoader));
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		String text = CacheKeyText.of(key);
		if (value == null) {
			evict(key);
		}
		else {
			TypeRef<?> read = (this.type != null) ? this.type : TypeRef.of(value.getClass());
			this.changes.change(this.name, this.region.threads(), () -> this.region.keep(text, value, read, this.ttl));
		}
	}

	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		String text = CacheKeyText.of(key);
		if (value != null && this.region.setIfAbsent(text, value, this.ttl)) {
			return null;
		}
		TypeRef<?> read = (this.type == null && value != null) ? TypeRef.of(value.getClass()) : typeOfValues();
		return this.region.get(text, read).<ValueWrapper>map(SimpleValueWrapper::new).orElse(null);
	}

	@Override
	public void evict(Object key) {
		String text = CacheKeyText.of(key);
		this.changes.change(this.name, this.region.threads(), () -> this.region.drop(text));
	}

	@Override
	public boolean evictIfPresent(Object key) {
		return this.region.delete(CacheKeyText.of(key));
	}

	@Override
	public void clear() {
		this.changes.change(this.name, this.region.threads(), this.region::dropAll);
	}

	/** The loader returned null, which is no value of the platform's cache. */
	private static final class NothingLoaded extends RuntimeException {

		private static final long serialVersionUID = 1L;

		NothingLoaded() {
			super("The method returned null", null, false, false);
		}

	}

	/** The loader threw; what it threw may be checked. */
	private static final class LoaderFailed extends RuntimeException {

		private static final long serialVersionUID = 1L;

		LoaderFailed(Exception cause) {
			super(cause);
		}

	}

}
