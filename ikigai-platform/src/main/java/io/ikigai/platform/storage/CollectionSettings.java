package io.ikigai.platform.storage;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is declared of a collection.
 *
 * @param indexes the paths that are indexed for comparisons, as
 * {@link FieldPath#toString()} writes them
 * @param language the text search configuration of its text
 * @param vectorSize how many numbers its vectors have, or {@code null} for whatever the
 * first one has
 */
public record CollectionSettings(List<String> indexes, String language, @Nullable Integer vectorSize) {

	/**
	 * What holds for a collection that is not declared.
	 */
	public static final CollectionSettings UNDECLARED = new CollectionSettings(List.of(), "english", null);

	/**
	 * Copies the list and checks its paths.
	 * @param indexes the paths that are indexed for comparisons
	 * @param language the text search configuration of its text
	 * @param vectorSize how many numbers its vectors have, or {@code null} for whatever
	 * the first one has
	 */
	public CollectionSettings {
		indexes = indexes.stream().map((path) -> FieldPath.parse(path).toString()).distinct().toList();
	}

}
