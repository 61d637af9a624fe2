package io.ikigai.platform.storage;

/**
 * The document is not in the version that the caller expected: another writer was first.
 * Nothing was changed.
 */
public class StaleDocumentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param collection the collection's name
	 * @param id the document's id
	 * @param expectedVersion the version that was expected; 0: must not exist
	 */
	public StaleDocumentException(String collection, String id, long expectedVersion) {
		super("Document '" + id + "' of collection '" + collection + "' "
				+ ((expectedVersion == 0) ? "exists already" : "is not in version " + expectedVersion)
				+ ". Read it again and repeat the change");
	}

}
