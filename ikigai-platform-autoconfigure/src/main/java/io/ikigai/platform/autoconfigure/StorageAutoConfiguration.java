package io.ikigai.platform.autoconfigure;

import java.util.List;

import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.runtime.RuntimeStorage;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.Storage;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
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
		requireLanguages(properties, backend);
		return backend.documentStore(properties.settings());
	}

	private static void requireLanguages(StorageProperties properties, PostgresBackend backend) {
		if (properties.collections().isEmpty()) {
			return;
		}
		List<String> known = backend.textSearchLanguages();
		properties.collections().forEach((name, collection) -> {
			if (!known.contains(collection.language())) {
				throw new InvalidConfigurationPropertyValueException(StorageProperties.key(name, "language"),
						collection.language(), "It must be one of the text search configurations of the database: "
								+ String.join(", ", known) + ".");
			}
		});
	}

	@Bean
	@ConditionalOnMissingBean
	Storage ikigaiStorage(DocumentStore store, PayloadJson json, PlatformTransactions transactions) {
		return new RuntimeStorage(store, json, transactions);
	}

}
