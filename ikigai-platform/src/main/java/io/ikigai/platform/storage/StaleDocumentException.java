package io.ikigai.platform.storage;

import org.jspecify.annotations.Nullable;

/**
 * The document is not in the version that the caller expected: another writer was first.
 * Nothing was changed, and what the caller worked out from the older version must not
 * count: inside a transaction, the transaction is already marked for rollback when this
 * is thrown, whether or not it is caught. Who repeats the change begins a new one.
 */
public class StaleDocumentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param collection the collection's name
	 * @param id the document's id
	 * @param expectedVersion the version that was expected; 0: must not exist
	 * @param actualVersion the version it has, or {@code null} if it does not exist
	 */
	public StaleDocumentException(String collection, String id, long expectedVersion, @Nullable Long actualVersion) {
		super("Document '" + id + "' of collection '" + collection + "' "
				+ ((actualVersion != null) ? "is in version " + actualVersion : "does not exist") + ", not "
				+ ((expectedVersion == 0) ? "new" : "in version " + expectedVersion)
				+ ". Nothing was changed: read it again and repeat the change");
	}

}
