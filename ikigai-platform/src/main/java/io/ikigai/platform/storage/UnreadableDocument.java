package io.ikigai.platform.storage;

import java.time.Instant;

/**
 * A document that does not fit the type that its collection is read as.
 *
 * @param collection the collection's name
 * @param id the document's id
 * @param version its version
 * @param json what it is
 * @param updatedAt when it was last put
 * @param reason why it does not fit, with the place within the document
 */
public record UnreadableDocument(String collection, String id, long version, String json, Instant updatedAt,
		String reason) {
}
