package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.runtime.RuntimeStorage;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.Storage;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The storage of documents.
 */
@AutoConfiguration(after = TaskQueueAutoConfiguration.class)
@EnableConfigurationProperties(StorageProperties.class)
public final class StorageAutoConfiguration {

	StorageAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	DocumentStore ikigaiDocumentStore(PostgresBackend backend, StorageProperties properties) {
		return backend.documentStore(properties.settings());
	}

	@Bean
	@ConditionalOnMissingBean
	Storage ikigaiStorage(DocumentStore store, PayloadJson json, PlatformTransactions transactions) {
		return new RuntimeStorage(store, json, transactions);
	}

}
