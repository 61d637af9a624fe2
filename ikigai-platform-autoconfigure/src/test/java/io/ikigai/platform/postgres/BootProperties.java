package io.ikigai.platform.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Spring Boot's modules tell of their configuration properties: text that people ask
 * questions about.
 */
final class BootProperties {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private BootProperties() {
	}

	/**
	 * Reads the properties of the modules on the class path and of those that the build
	 * laid beside it, as documents by the properties' names.
	 */
	static Map<String, Property> read() throws IOException {
		List<URL> sources = new ArrayList<>(
				Collections.list(BootProperties.class.getClassLoader().getResources(METADATA)));
		Path modules = Path.of(System.getProperty("basedir", ""), "target", "configuration-metadata");
		try (Stream<Path> jars = Files.list(modules)) {
			for (Path jar : jars.toList()) {
				sources.add(new URL("jar:" + jar.toUri() + "!/" + METADATA));
			}
		}
		Map<String, Property> properties = new TreeMap<>();
		for (URL source : sources) {
			try (InputStream content = source.openStream()) {
				JsonMapper.shared()
					.readTree(content)
					.path("properties")
					.forEach((property) -> add(properties, property));
			}
		}
		return properties;
	}

	private static void add(Map<String, Property> properties, JsonNode property) {
		String name = property.path("name").asString();
		String description = property.path("description").asString("");
		if (!description.isBlank() && !name.startsWith("ikigai.") && property.path("deprecation").isMissingNode()) {
			properties.put(name, new Property(name, words(name), description));
		}
	}

	/**
	 * The words of a name, which full-text search would take for the name of a host.
	 */
	private static String words(String name) {
		return name.replaceAll("[.-]", " ");
	}

	/**
	 * A property.
	 *
	 * @param name its name
	 * @param words the words of its name
	 * @param description what it is for
	 */
	record Property(String name, String words, String description) {

		String text() {
			return this.words + ": " + this.description;
		}

	}

}
