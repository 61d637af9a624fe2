package io.ikigai.platform.caching;

import java.util.Collection;
import java.util.List;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.BasicOperation;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CacheResolver;

/**
 * Gives annotated methods caches that read values as what the method returns: Spring's
 * interceptor asks for values without saying their type. Safe for use by several threads.
 */
public final class MethodCacheResolver implements CacheResolver {

	private final RegionCacheManager manager;

	/**
	 * Creates the resolver.
	 * @param manager the caches
	 */
	public MethodCacheResolver(RegionCacheManager manager) {
		this.manager = manager;
	}

	@Override
	public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
		BasicOperation operation = context.getOperation();
		List<Cache> caches = operation.getCacheNames()
			.stream()
			.map((name) -> this.manager.cache(name,
					CachedValueType.of(context.getMethod(), AopProxyUtils.ultimateTargetClass(context.getTarget()))))
			.toList();
		if (caches.isEmpty()) {
			throw new IllegalStateException(
					"No cache is named for " + operation + ": write @Cacheable(\"name\") or @CacheConfig");
		}
		return caches;
	}

	/**
	 * Makes this the resolver of Spring's caching, unless the application configured one.
	 * @param caching Spring's caching
	 */
	public void register(CacheAspectSupport caching) {
		if (caching.getCacheResolver() == null) {
			caching.setCacheResolver(this);
		}
	}

}
