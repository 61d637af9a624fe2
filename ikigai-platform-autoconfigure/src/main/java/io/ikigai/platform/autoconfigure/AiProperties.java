package io.ikigai.platform.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What Spring AI gets from the platform.
 *
 * @param vectorStore the vector store
 */
@ConfigurationProperties(prefix = "ikigai.ai", ignoreUnknownFields = false)
public record AiProperties(@DefaultValue VectorStore vectorStore) {

	/**
	 * The vector store.
	 *
	 * @param collection the collection of documents that it keeps its own in
	 */
	public record VectorStore(@DefaultValue("vector-store") String collection) {

		private static final int LONGEST = 255;

		/**
		 * Checks the values.
		 */
		public VectorStore {
			if (collection.isBlank() || collection.length() > LONGEST || collection.indexOf('\0') >= 0) {
				throw new InvalidConfigurationPropertyValueException("ikigai.ai.vector-store.collection", collection,
						"It must be a name of 1 to " + LONGEST + " characters.");
			}
		}

	}

}
