package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What editors show of the platform's keys.
 */
class ConfigurationMetadataTests {

	/** Keys that have no default: they are optional, or follow something else. */
	private static final List<String> WITHOUT_DEFAULT = List.of("ikigai.agent.name", "ikigai.agent.version",
			"ikigai.cache.regions", "ikigai.postgres.listen-url", "ikigai.postgres.password", "ikigai.postgres.url",
			"ikigai.postgres.username", "ikigai.influxdb.password", "ikigai.influxdb.username",
			"ikigai.listeners.idle-event-interval", "ikigai.redis.url", "ikigai.rabbitmq.url",
			"ikigai.storage.collections", "ikigai.timescaledb.password", "ikigai.timescaledb.url",
			"ikigai.timescaledb.username");

	private static final Map<String, JsonNode> properties = new TreeMap<>();

	private static final Map<String, JsonNode> hints = new TreeMap<>();

	@BeforeAll
	static void read() throws IOException {
		for (var url : Collections.list(ConfigurationMetadataTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream content = url.openStream()) {
				JsonNode metadata = JsonMapper.shared().readTree(content);
				metadata.path("properties").forEach((property) -> put(properties, property));
				metadata.path("hints").forEach((hint) -> put(hints, hint));
			}
		}
	}

	private static void put(Map<String, JsonNode> entries, JsonNode entry) {
		if (entry.get("name").asString().startsWith("ikigai.")) {
			entries.put(entry.get("name").asString(), entry);
		}
	}

	@Test
	void describesEveryKey() {
		assertThat(properties).containsKeys("ikigai.services.queues", "ikigai.postgres.url",
				"ikigai.postgres.embedded.port", "ikigai.queues.retry.max-attempts", "ikigai.schema.migrate");
		assertThat(properties)
			.allSatisfy((key, property) -> assertThat(property.path("description").asString("")).as(key)
				.isNotBlank()
				.doesNotContain("{@"));
	}

	@Test
	void knowsTheDefaults() {
		assertThat(properties).allSatisfy((key, property) -> assertThat(property.has("defaultValue")).as(key)
			.isEqualTo(!WITHOUT_DEFAULT.contains(key)));
	}

	@Test
	void hintsAtWhatValuesThereAre() {
		assertThat(properties.keySet().stream().filter((key) -> key.startsWith("ikigai.services.")))
			.isSubsetOf(hints.keySet());
		assertThat(hints.get("ikigai.services.queues").at("/values/0/value").asString()).isEqualTo("postgres");
		assertThat(properties.keySet()).containsAll(hints.keySet());
	}

}
