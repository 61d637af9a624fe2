package io.ikigai.platform.storage;

import java.util.List;

/**
 * Turns texts into vectors: what {@link DocumentCollection#similar} and
 * {@link DocumentCollection#hybrid} ask. With Spring AI it is the application's
 * {@code EmbeddingModel}; a bean of this type takes its place. Safe for use by several
 * threads.
 */
@FunctionalInterface
public interface TextEmbedding {

	/**
	 * Embeds texts.
	 * @param texts the texts
	 * @return one vector for each, in the same order
	 * @throws IllegalStateException if there is no model to ask
	 */
	List<float[]> embed(List<String> texts);

}
