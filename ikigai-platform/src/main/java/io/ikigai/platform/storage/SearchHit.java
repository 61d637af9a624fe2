package io.ikigai.platform.storage;

import org.jspecify.annotations.Nullable;

/**
 * A document that a search found.
 *
 * @param document the document
 * @param score how well it fits; higher is better, comparable within one search only
 * @param snippet the place that fits as safe HTML, highlighted with {@code <mark>}, where
 * the search was for text
 * @param <T> what documents are read as
 */
public record SearchHit<T>(StoredDocument<T> document, double score, @Nullable String snippet) {
}
