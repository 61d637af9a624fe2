package io.ikigai.platform.storage;

import java.time.Instant;

/**
 * A document as it is stored.
 *
 * @param id its id within the collection
 * @param value the document
 * @param version from 1, one more with every put; from 1 again after a deletion
 * @param createdAt when it was put first
 * @param updatedAt when it was put last
 * @param <T> what it is read as
 */
public record StoredDocument<T>(String id, T value, long version, Instant createdAt, Instant updatedAt) {
}
