package io.ikigai.platform.storage;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Where documents are kept: what a backend of the storage implements. Documents are JSON
 * text. Names, ids, documents and limits have been checked before. Each method is atomic
 * and joins the running transaction. Safe for use by several threads.
 */
public interface DocumentStore {

	/**
	 * Inserts or replaces a document.
	 * @param collection the collection
	 * @param id the document's id
	 * @param json the document
	 * @param expectedVersion the version it must have, 0 if it must not exist, or
	 * {@code null} for whichever
	 * @return the document as it is stored now; empty, and nothing changed, if it has
	 * another version
	 */
	Optional<StoredDocument<String>> put(String collection, String id, String json, @Nullable Long expectedVersion);

	/**
	 * Inserts or replaces many documents in few round trips. The caller runs a
	 * transaction.
	 * @param collection the collection
	 * @param documents the documents by their ids
	 */
	void putAll(String collection, Map<String, String> documents);

	/**
	 * Reads documents in one round trip.
	 * @param collection the collection
	 * @param ids their ids
	 * @return those that are there, in no order
	 */
	List<StoredDocument<String>> get(String collection, Collection<String> ids);

	/**
	 * Deletes a document.
	 * @param collection the collection
	 * @param id the document's id
	 * @param expectedVersion the version it must have, or {@code null} for whichever
	 * @return whether it was deleted
	 */
	boolean delete(String collection, String id, @Nullable Long expectedVersion);

	/**
	 * Finds documents.
	 * @param collection the collection
	 * @param query which, and in which order
	 * @param json how values of the query, and the document it begins after, are written
	 * as JSON
	 * @return the documents
	 * @throws IllegalArgumentException if the query makes no sense
	 */
	List<StoredDocument<String>> find(String collection, DocumentQuery query, Function<@Nullable Object, String> json);

	/**
	 * Counts documents.
	 * @param collection the collection
	 * @param query which
	 * @param json how values of the query are written as JSON
	 * @return how many
	 * @throws IllegalArgumentException if the query makes no sense
	 */
	long count(String collection, DocumentQuery query, Function<@Nullable Object, String> json);

	/**
	 * Searches the text of all documents, in the syntax of a web search; no text is
	 * malformed.
	 * @param collection the collection
	 * @param text what to search for, not blank
	 * @param limit how many at most
	 * @return the documents that fit, the best first, with their snippets
	 */
	List<SearchHit<String>> search(String collection, String text, int limit);

	/**
	 * Returns the collections that hold documents.
	 * @return the names, sorted
	 */
	List<String> collections();

}
