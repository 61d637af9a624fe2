package io.ikigai.platform.autoconfigure;

import java.util.Map;
import java.util.stream.Collectors;

import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.Caches;
import io.ikigai.platform.runtime.NearCaches;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;

/**
 * The cache.
 */
@AutoConfiguration(after = TaskQueueAutoConfiguration.class)
@EnableConfigurationProperties({ ServicesProperties.class, CacheProperties.class })
public final class CacheAutoConfiguration {

	CacheAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	CacheStore ikigaiCacheStore(PostgresBackend backend, ServicesProperties services) {
		BackendDriver.requirePostgres("cache", services.cache());
		return backend.cacheStore();
	}

	@Bean
	@ConditionalOnMissingBean
	Caches ikigaiCaches(CacheStore store, PayloadJson json, PlatformTransactions transactions,
			CacheProperties properties, ForeignStores foreign) {
		CacheStore within = foreign.withinTransactions(store);
		Map<String, CacheProperties.Near> near = properties.near();
		return new Caches(within, json, transactions,
				near.isEmpty() ? null : NearValues.of(near, within, transactions));
	}

	/**
	 * Values near the application, which take Caffeine.
	 */
	private static final class NearValues {

		static NearCaches of(Map<String, CacheProperties.Near> near, CacheStore store,
				PlatformTransactions transactions) {
			String key = "ikigai.cache.regions." + near.keySet().iterator().next() + ".near";
			if (!ClassUtils.isPresent("com.github.benmanes.caffeine.cache.Caffeine", null)) {
				throw new PlatformConfigurationException(
						key + " keeps values of the cache in memory, which takes Caffeine, and Caffeine is not there.",
						"Add the dependency com.github.ben-manes.caffeine:caffeine, whose version Spring Boot manages, "
								+ "or remove the key.",
						null);
			}
			if (!(store instanceof NearCacheStore nearStore)) {
				throw new PlatformConfigurationException(
						key + " is set, but " + store.getClass().getName() + " does not tell of changes.",
						"Remove the key, or use a store that is a NearCacheStore.", null);
			}
			return new NearCaches(near.entrySet()
				.stream()
				.collect(Collectors.toMap(Map.Entry::getKey,
						(region) -> new NearCaches.Settings(region.getValue().maxSize(),
								region.getValue().maxStaleness()))),
					nearStore, transactions);
		}

	}

}
