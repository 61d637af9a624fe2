package io.ikigai.platform.conf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;

/**
 * Reads an {@code ikigai.conf} into a property source whose values know their line. Holds
 * nothing of what it read.
 */
final class IkigaiConfReader {

	private static final String NAME_PREFIX = "ikigai.conf [";

	private final Variables variables;

	/**
	 * Create a reader.
	 * @param variables what <code>${NAME}</code> stands for
	 */
	IkigaiConfReader(Variables variables) {
		this.variables = variables;
	}

	/**
	 * Whether a property source was read from an {@code ikigai.conf}.
	 * @param source any property source
	 * @return whether this class made it
	 */
	static boolean made(PropertySource<?> source) {
		return source.getName().startsWith(NAME_PREFIX);
	}

	/**
	 * Read a file.
	 * @param path the file
	 * @return its properties
	 * @throws IkigaiConfException if it cannot be read or is not valid
	 */
	PropertySource<?> read(Path path) {
		Path file = path.toAbsolutePath().normalize();
		FileSystemResource resource = new FileSystemResource(file);
		Map<String, Object> properties = new LinkedHashMap<>();
		Map<ConfigurationPropertyName, Integer> lines = new HashMap<>();
		for (IniEntry entry : new IniParser(file).parse(text(file))) {
			String name = propertyName(file, entry);
			Integer first = lines.putIfAbsent(ConfigurationPropertyName.adapt(name, '.'), entry.line());
			if (first != null) {
				throw new IkigaiConfException(file, entry.line(),
						"'" + name + "' is set a second time, first in line " + first, "Remove one of the two lines.");
			}
			TextResourceOrigin.Location location = new TextResourceOrigin.Location(entry.line() - 1,
					entry.column() - 1);
			properties.put(name,
					OriginTrackedValue.of(propertyValue(file, entry), new TextResourceOrigin(resource, location)));
		}
		return new OriginTrackedMapPropertySource(NAME_PREFIX + file + "]", properties, true);
	}

	private static String text(Path file) {
		if (Files.isDirectory(file)) {
			throw new IkigaiConfException(file, "is a directory", "Name the file itself.", null);
		}
		try {
			ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
			CharBuffer characters = CharBuffer.allocate(bytes.remaining());
			CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, characters, true);
			String text = characters.flip().toString();
			if (result.isError()) {
				throw new IkigaiConfException(file, (text + ".").lines().toList().size(),
						"there is a byte that is not UTF-8", "Save the file in UTF-8.");
			}
			return text;
		}
		catch (IOException ex) {
			throw new IkigaiConfException(file, "cannot be read (" + ex + ")",
					"Check that the file exists and that this process may read it.", ex);
		}
	}

	private static String propertyName(Path file, IniEntry entry) {
		String name = "ikigai" + element(entry.section()) + element(entry.key());
		if (!isValid(name)) {
			throw new IkigaiConfException(file, entry.line(),
					"'[" + entry.section() + "] " + entry.key() + "' cannot be a property",
					"Use letters, digits, '-', '_' and '.', and brackets only in pairs.");
		}
		return name;
	}

	/**
	 * A name that is no property name goes into brackets, as relaxed binding would
	 * otherwise drop its odd characters and take {@code que ues} for {@code queues}.
	 */
	private static String element(String name) {
		return isValid("ikigai." + name) ? "." + name : "[" + name + "]";
	}

	private static boolean isValid(String name) {
		return ConfigurationPropertyName.isValid(name.toLowerCase(Locale.ROOT).replace('_', '-'));
	}

	private String propertyValue(Path file, IniEntry entry) {
		try {
			return Variables.escape(entry.quoted() ? entry.value() : this.variables.resolve(entry.value()));
		}
		catch (Variables.UnresolvedVariableException ex) {
			throw new IkigaiConfException(file, entry.line(),
					"the value of '" + entry.key() + "' in [" + entry.section() + "] " + ex.getProblem(),
					"Set the environment variable, give a default as in ${NAME:default}, "
							+ "or put the value into double quotes to take it literally.");
		}
	}

}
