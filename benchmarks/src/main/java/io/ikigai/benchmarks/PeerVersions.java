package io.ikigai.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * Which releases of the peers take part: the build's, and those that package.json names.
 */
final class PeerVersions {

	private PeerVersions() {
	}

	static String describe() {
		Map<String, String> versions = new TreeMap<>();
		try {
			Properties java = PropertiesLoaderUtils.loadProperties(new ClassPathResource("peer-versions.properties"));
			java.forEach((name, version) -> versions.put(name.toString(), version.toString()));
			Path node = QueueContestant.SCRIPT.resolveSibling("package.json");
			if (Files.exists(node)) {
				JsonNode dependencies = JsonMapper.builder()
					.build()
					.readTree(Files.readString(node))
					.get("dependencies");
				dependencies.properties().forEach((entry) -> versions.put(entry.getKey(), entry.getValue().asString()));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("The peers' versions could not be read", ex);
		}
		return versions.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + " " + entry.getValue())
			.collect(Collectors.joining(", "));
	}

}
