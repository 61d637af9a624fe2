package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
			"ikigai.postgres.username", "ikigai.influxdb.password", "ikigai.influxdb.ssl.bundle",
			"ikigai.influxdb.username", "ikigai.nats.ssl.bundle", "ikigai.listeners.idle-event-interval",
			"ikigai.redis.url", "ikigai.rabbitmq.url", "ikigai.storage.collections", "ikigai.timescaledb.password",
			"ikigai.timescaledb.url", "ikigai.timescaledb.username");

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

	@ParameterizedTest
	@MethodSource("choices")
	void describesEveryValueOfAChoice(String key, List<String> values) {
		JsonNode hint = hints.get(key);
		assertThat(hint).as("hint of " + key).isNotNull();
		assertThat(hint.path("values").valueStream()).extracting((value) -> value.path("value").asString())
			.containsExactlyInAnyOrderElementsOf(values);
		assertThat(hint.path("values").valueStream())
			.allSatisfy((value) -> assertThat(value.path("description").asString("")).isNotBlank());
	}

	static Stream<Arguments> choices() throws ClassNotFoundException {
		List<Arguments> choices = new ArrayList<>();
		for (Map.Entry<String, JsonNode> property : properties.entrySet()) {
			String type = property.getValue().path("type").asString("");
			Class<?> choice = type.startsWith("io.ikigai.platform.") ? Class.forName(type) : Object.class;
			if (choice.isEnum()) {
				choices.add(Arguments.of(property.getKey(),
						Arrays.stream(choice.getEnumConstants())
							.map((value) -> value.toString().toLowerCase(Locale.ROOT))
							.toList()));
			}
		}
		assertThat(choices).hasSizeGreaterThan(7);
		return choices.stream();
	}

}
