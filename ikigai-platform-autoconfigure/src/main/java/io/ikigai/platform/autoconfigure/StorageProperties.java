package io.ikigai.platform.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.FieldPath;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The storage of documents.
 *
 * @param collections what is declared of single collections, by their names
 */
@ConfigurationProperties(prefix = "ikigai.storage", ignoreUnknownFields = false)
public record StorageProperties(@DefaultValue Map<String, Collection> collections) {

	private static final int MOST_INDEXES = 16;

	private static final int LARGEST_VECTOR = 16_000;

	/**
	 * Checks the values.
	 */
	public StorageProperties {
		collections = Map.copyOf(collections);
		collections.forEach((name, collection) -> {
			for (String path : collection.indexes()) {
				requirePath(key(name, "indexes"), path);
			}
			require(collection.indexes().size() <= MOST_INDEXES, key(name, "indexes"), collection.indexes(),
					"There may be at most " + MOST_INDEXES + " paths: each costs every write.");
			require(!collection.language().isBlank(), key(name, "language"), collection.language(),
					"It must be a text search configuration of the database, such as english or simple.");
			Integer size = collection.vectorSize();
			if (size != null) {
				require(size >= 1 && size <= LARGEST_VECTOR, key(name, "vector-size"), size,
						"It must be from 1 to " + LARGEST_VECTOR + ".");
			}
		});
	}

	/**
	 * Returns the key of a collection's value.
	 * @param collection the collection's name
	 * @param name the value's name
	 * @return the key
	 */
	static String key(String collection, String name) {
		boolean plain = collection.matches("[a-z0-9-]+");
		return "ikigai.storage.collections" + (plain ? "." + collection : "[" + collection + "]") + "." + name;
	}

	private static void requirePath(String key, String path) {
		try {
			FieldPath.parse(path);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(key, path, ex.getMessage() + ".");
		}
	}

	private static void require(boolean holds, String key, Object value, String reason) {
		if (!holds) {
			throw new InvalidConfigurationPropertyValueException(key, value, reason);
		}
	}

	/**
	 * Returns what is declared.
	 * @return the settings by the collections' names
	 */
	Map<String, CollectionSettings> settings() {
		Map<String, CollectionSettings> settings = new HashMap<>();
		this.collections.forEach((name, declared) -> settings.put(name,
				new CollectionSettings(declared.indexes(), declared.language(), declared.vectorSize())));
		return settings;
	}

	/**
	 * One collection.
	 *
	 * @param indexes the paths that are indexed for comparisons, such as state,
	 * checks.last or metadata.'source.file'
	 * @param language the text search configuration of its text
	 * @param vectorSize how many numbers its vectors have
	 */
	public record Collection(@DefaultValue List<String> indexes, @DefaultValue("english") String language,
			@Nullable Integer vectorSize) {
	}

}
