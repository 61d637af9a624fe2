package io.ikigai.platform.runtime;

import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON of the platform's own formats: independent of how the application configures
 * its mapper, and with exact decimals. Safe for use by several threads.
 */
public final class OwnJson {

	/**
	 * The mapper of the platform's own formats.
	 */
	public static final JsonMapper MAPPER = exact(new JsonFactory());

	private OwnJson() {
	}

	/**
	 * Returns a value as a tree, which is stored as it is.
	 * @param value the value
	 * @return the tree
	 */
	public static JsonNode tree(Object value) {
		return MAPPER.valueToTree(value);
	}

	static JsonMapper exact(JsonFactory factory) {
		return JsonMapper.builder(factory)
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.build();
	}

}
