package io.ikigai.platform.stream;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What editors know of the binder's properties.
 */
class StreamPropertiesTests {

	@Test
	void describesEveryKey() throws IOException {
		Map<String, JsonNode> properties = new HashMap<>();
		for (URL url : Collections
			.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream metadata = url.openStream()) {
				JsonMapper.builder().build().readTree(metadata).path("properties").forEach((property) -> {
					if (property.get("name").asString().startsWith(IkigaiExtendedBindingProperties.PREFIX + ".")) {
						properties.put(property.get("name").asString(), property);
					}
				});
			}
		}
		String defaults = IkigaiExtendedBindingProperties.DEFAULTS;
		assertThat(properties).containsOnlyKeys(IkigaiExtendedBindingProperties.BINDINGS,
				defaults + ".consumer.destination-type", defaults + ".consumer.transactional",
				defaults + ".consumer.batch-size", defaults + ".consumer.enable-dlq", defaults + ".consumer.dlq-name",
				defaults + ".producer.destination-type");
		assertThat(properties)
			.allSatisfy((key, property) -> assertThat(property.path("description").asString("")).as(key).isNotBlank());
		assertThat(properties.get(defaults + ".consumer.destination-type").get("defaultValue").asString())
			.isEqualTo("publish-subscribe");
	}

}
