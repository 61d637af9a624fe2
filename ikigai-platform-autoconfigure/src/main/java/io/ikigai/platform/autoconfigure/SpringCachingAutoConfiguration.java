package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.Platform;
import io.ikigai.platform.caching.MethodCacheResolver;
import io.ikigai.platform.caching.RegionCacheManager;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.annotation.Bean;

/**
 * Spring's caching annotations on the platform's cache, where the application enables
 * them and chooses no other cache: neither with a bean nor with
 * {@code spring.cache.type}.
 */
@AutoConfiguration(after = PlatformAutoConfiguration.class,
		beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnBean({ CacheAspectSupport.class, Platform.class })
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "ikigai", matchIfMissing = true)
public final class SpringCachingAutoConfiguration {

	SpringCachingAutoConfiguration() {
	}

	@Bean
	static LazyInitializationExcludeFilter ikigaiEagerCacheResolver() {
		return LazyInitializationExcludeFilter.forBeanTypes(MethodCacheResolver.class);
	}

	@Bean
	RegionCacheManager ikigaiCacheManager(Platform platform, CacheProperties properties) {
		return new RegionCacheManager(platform, properties::ttl);
	}

	// Registered when it is made, which is before Spring's caching looks for a manager.
	@Bean
	@ConditionalOnMissingBean
	MethodCacheResolver ikigaiCacheResolver(RegionCacheManager manager, ObjectProvider<CacheAspectSupport> caching) {
		MethodCacheResolver resolver = new MethodCacheResolver(manager);
		caching.forEach(resolver::register);
		return resolver;
	}

}
