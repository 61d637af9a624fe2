package io.ikigai.platform.storage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A collection of JSON documents, each under an id of 1 to 255 characters. Everything
 * here joins the running transaction. Safe for use by several threads.
 *
 * @param <T> what documents are read as
 */
public interface DocumentCollection<T> {

	/**
	 * Returns the same collection, whose reading methods leave out what does not fit its
	 * type; {@link #get(String)} is empty then. Otherwise one such document fails the
	 * whole call. A page may have fewer documents than its limit, and more may follow.
	 * @param unreadable gets each document that is left out
	 * @return the collection
	 */
	DocumentCollection<T> skipping(Consumer<UnreadableDocument> unreadable);

	/**
	 * Inserts or replaces a document.
	 * @param id its id
	 * @param value the document
	 * @return the document as it is stored now
	 * @throws io.ikigai.platform.PayloadException if the document cannot be taken
	 */
	StoredDocument<T> put(String id, T value);

	/**
	 * Inserts or replaces a document of a known version.
	 * @param id its id
	 * @param value the document
	 * @param expectedVersion the version it must have; 0: it must not exist
	 * @return the document as it is stored now
	 * @throws StaleDocumentException if it has another version; the running transaction,
	 * if any, is then marked for rollback
	 * @throws io.ikigai.platform.PayloadException if the document cannot be taken
	 */
	StoredDocument<T> put(String id, T value, long expectedVersion);

	/**
	 * Inserts or replaces many documents, all or none.
	 * @param values the documents by their ids
	 * @throws io.ikigai.platform.PayloadException if one cannot be taken
	 */
	void putAll(Map<String, T> values);

	/**
	 * Reads a document.
	 * @param id its id
	 * @return the document
	 * @throws io.ikigai.platform.PayloadException if it does not fit the collection's
	 * type: the message names the collection, the id and the place within the document
	 */
	Optional<StoredDocument<T>> get(String id);

	/**
	 * Deletes a document.
	 * @param id its id
	 * @return whether there was one
	 */
	boolean delete(String id);

	/**
	 * Deletes a document of a known version.
	 * @param id its id
	 * @param expectedVersion the version it must have
	 * @return whether there was one
	 * @throws StaleDocumentException if it has another version; the running transaction,
	 * if any, is then marked for rollback
	 */
	boolean delete(String id, long expectedVersion);

	/**
	 * Finds documents.
	 * @param query which, and in which order
	 * @return the documents
	 * @throws IllegalArgumentException if the query makes no sense
	 * @throws io.ikigai.platform.PayloadException if a document does not fit the
	 * collection's type; {@link #skipping} leaves it out
	 */
	List<StoredDocument<T>> find(DocumentQuery query);

	/**
	 * Counts documents.
	 * @param query which; order, limit and paging do not count
	 * @return how many
	 */
	long count(DocumentQuery query);

	/**
	 * Searches the text of all documents. The snippets are HTML: text is escaped, and
	 * what fits stands in {@code <mark>}.
	 * @param text words, {@code "phrases"}, {@code or} and {@code -not}, as in a web
	 * search
	 * @param limit how many at most
	 * @return the documents that fit, the best first
	 */
	List<SearchHit<T>> search(String text, int limit);

	/**
	 * Gives a document its vector, in place of the one it has. Only its direction counts.
	 * A later put leaves the vector as it is; deleting the document deletes it.
	 * @param id the document's id
	 * @param vector the vector, of the collection's size
	 * @throws IllegalArgumentException if the vector has another size, is all zero or
	 * holds what is no number, or if there is no such document
	 */
	void embed(String id, float[] vector);

	/**
	 * Gives many documents their vectors, all or none.
	 * @param vectors the vectors by the documents' ids
	 * @throws IllegalArgumentException if one cannot be taken, as with
	 * {@link #embed(String, float[])}
	 */
	void embedAll(Map<String, float[]> vectors);

	/**
	 * Finds the documents whose vectors are nearest. A hit's score is the cosine of the
	 * angle between the vectors, from -1 to 1.
	 * @param vector the vector, of the collection's size
	 * @param limit how many at most, from 1 to 1,000
	 * @return the documents, the nearest first
	 * @throws IllegalArgumentException if the vector has another size, is all zero or
	 * holds what is no number
	 */
	List<SearchHit<T>> nearest(float[] vector, int limit);

	/**
	 * Finds, among the documents that meet a condition, those whose vectors are nearest.
	 * @param vector the vector, of the collection's size
	 * @param query which documents; only its conditions count
	 * @param limit how many at most, from 1 to 1,000
	 * @return the documents, the nearest first
	 * @throws IllegalArgumentException as with {@link #nearest(float[], int)}, or if the
	 * query makes no sense
	 */
	List<SearchHit<T>> nearest(float[] vector, DocumentQuery query, int limit);

	/**
	 * Finds the documents that mean the same as a text, embedding the text with the
	 * application's embedding model. A hit's score is the cosine, as with
	 * {@link #nearest(float[], int)}.
	 * @param text the text
	 * @param limit how many at most, from 1 to 1,000
	 * @return the documents, the nearest first
	 * @throws IllegalStateException if the application has no embedding model
	 */
	List<SearchHit<T>> similar(String text, int limit);

	/**
	 * Finds documents by text and by meaning, the two rankings fused by reciprocal rank:
	 * a hit's score is the sum of 1 / (60 + rank) over the rankings it is in. A hit by
	 * text has a snippet.
	 * @param text the text
	 * @param limit how many at most, from 1 to 1,000
	 * @return the documents, the best first
	 * @throws IllegalStateException if the application has no embedding model
	 */
	List<SearchHit<T>> hybrid(String text, int limit);

}
