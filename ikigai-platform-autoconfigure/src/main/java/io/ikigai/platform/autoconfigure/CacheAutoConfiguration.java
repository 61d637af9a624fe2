package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.Caches;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The cache.
 */
@AutoConfiguration(after = TaskQueueAutoConfiguration.class)
@EnableConfigurationProperties(CacheProperties.class)
public final class CacheAutoConfiguration {

	CacheAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	CacheStore ikigaiCacheStore(PostgresBackend backend) {
		return backend.cacheStore();
	}

	@Bean
	@ConditionalOnMissingBean
	Caches ikigaiCaches(CacheStore store, PayloadJson json, PlatformTransactions transactions) {
		return new Caches(store, json, transactions);
	}

}
