package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.Platform;
import io.ikigai.platform.ai.DocumentVectorStore;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.VectorStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Spring AI's vector store, where the application has one embedding model, or a primary
 * one, and no vector store of its own. Late, so that a model starter's beans are there.
 */
@AutoConfiguration(after = PlatformAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ EmbeddingModel.class, VectorStore.class })
@EnableConfigurationProperties(AiProperties.class)
public final class VectorStoreAutoConfiguration {

	VectorStoreAutoConfiguration() {
	}

	@Bean
	@ConditionalOnSingleCandidate(EmbeddingModel.class)
	@ConditionalOnMissingBean
	VectorStore ikigaiVectorStore(Platform platform, AiProperties properties, EmbeddingModel model,
			ObjectProvider<ObservationRegistry> observations) {
		DocumentVectorStore.Builder builder = DocumentVectorStore.builder(platform,
				properties.vectorStore().collection(), model);
		observations.ifAvailable(builder::observationRegistry);
		return builder.build();
	}

	@Bean
	@ConditionalOnClass(name = "org.springframework.cloud.function.context.FunctionCatalog")
	@ConditionalOnMissingBean
	static FunctionCatalogGuard ikigaiFunctionCatalogGuard(ConfigurableEnvironment environment) {
		return new FunctionCatalogGuard(environment, "ikigaiVectorStore");
	}

}
