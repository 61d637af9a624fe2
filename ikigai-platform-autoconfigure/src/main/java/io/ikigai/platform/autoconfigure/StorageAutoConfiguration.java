package io.ikigai.platform.autoconfigure;

import java.util.List;

import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.runtime.RuntimeStorage;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.DocumentVectors;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.storage.TextEmbedding;

import org.springframework.beans.factory.ObjectProvider;
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

	static final String MISSING_MODEL = "There is no embedding model to turn text into a vector: add a Spring AI "
			+ "model starter, which brings an EmbeddingModel bean, or define a bean of type "
			+ TextEmbedding.class.getName() + ". Full-text search needs none";

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
	DocumentVectors ikigaiDocumentVectors(PostgresBackend backend, StorageProperties properties) {
		return backend.documentVectors(properties.settings());
	}

	@Bean
	@ConditionalOnMissingBean
	Storage ikigaiStorage(DocumentStore store, DocumentVectors vectors, ObjectProvider<TextEmbedding> embedding,
			PayloadJson json, PlatformTransactions transactions) {
		return new RuntimeStorage(store, vectors, embedding.getIfAvailable(StorageAutoConfiguration::noEmbedding), json,
				transactions);
	}

	private static TextEmbedding noEmbedding() {
		return (texts) -> {
			throw new IllegalStateException(MISSING_MODEL);
		};
	}

}
