package io.ikigai.platform.ai;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.runtime.OwnJson;
import org.springframework.ai.document.Document;
import tools.jackson.databind.JsonNode;

/**
 * How a document of the vector store is stored: {@code text} and {@code metadata},
 * however the application's mapper is configured.
 *
 * @param text its text
 * @param metadata what else is known of it
 */
record StoredText(String text, Map<String, Object> metadata) {

	static final String METADATA = "metadata";

	private static final String TEXT = "text";

	static JsonNode of(Document document) {
		String text = document.getText();
		if (text == null) {
			throw new IllegalArgumentException(
					"Document '" + document.getId() + "' has no text; only documents with text can be added");
		}
		Map<String, Object> stored = new LinkedHashMap<>();
		stored.put(TEXT, text);
		stored.put(METADATA, document.getMetadata());
		return OwnJson.tree(stored);
	}

	/**
	 * Reads what is stored. Plain SQL may have left out one or the other.
	 */
	static StoredText read(JsonNode stored) {
		Map<String, Object> metadata = new HashMap<>();
		if (PlainNumbers
			.in(OwnJson.MAPPER.treeToValue(stored.path(METADATA), Object.class)) instanceof Map<?, ?> read) {
			read.forEach((key, value) -> {
				if (value != null) {
					metadata.put(String.valueOf(key), value);
				}
			});
		}
		return new StoredText(stored.path(TEXT).asString(""), metadata);
	}

}
