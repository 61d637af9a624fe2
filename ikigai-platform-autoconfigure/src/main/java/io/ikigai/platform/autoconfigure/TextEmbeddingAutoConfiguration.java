package io.ikigai.platform.autoconfigure;

import java.util.List;

import io.ikigai.platform.storage.TextEmbedding;
import org.springframework.ai.embedding.EmbeddingModel;

import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Text to vectors by Spring AI's {@link EmbeddingModel}. Which one is decided when it is
 * first asked: an application that never searches by meaning may have none, or several.
 */
@AutoConfiguration(before = StorageAutoConfiguration.class)
@ConditionalOnClass(EmbeddingModel.class)
public final class TextEmbeddingAutoConfiguration {

	TextEmbeddingAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TextEmbedding ikigaiTextEmbedding(ObjectProvider<EmbeddingModel> models) {
		return (texts) -> embed(models, texts);
	}

	private static List<float[]> embed(ObjectProvider<EmbeddingModel> models, List<String> texts) {
		EmbeddingModel model;
		try {
			model = models.getIfAvailable();
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw new IllegalStateException(
					"There are several EmbeddingModel beans: " + String.join(", ", ex.getBeanNamesFound())
							+ ". Mark one as @Primary, or define a bean of type " + TextEmbedding.class.getName(),
					ex);
		}
		if (model == null) {
			throw new IllegalStateException(StorageAutoConfiguration.MISSING_MODEL);
		}
		return model.embed(texts);
	}

}
