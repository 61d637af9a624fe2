package io.ikigai.platform.storage;

import java.util.List;

/**
 * Vectors of documents: what a backend of the storage implements beside
 * {@link DocumentStore}. Names, ids and limits have been checked before. Each method is
 * atomic and joins the running transaction. Safe for use by several threads.
 */
public interface DocumentVectors {

	/**
	 * Gives a document its vector.
	 * @param collection the collection
	 * @param id the document's id
	 * @param vector the vector
	 * @throws IllegalArgumentException if the vector has the wrong size or there is no
	 * such document
	 */
	void embed(String collection, String id, float[] vector);

	/**
	 * Finds the documents whose vectors are nearest, by cosine.
	 * @param collection the collection
	 * @param vector the vector
	 * @param limit how many at most
	 * @return their ids, the nearest first
	 * @throws IllegalArgumentException if the vector has the wrong size
	 */
	List<Neighbour> nearest(String collection, float[] vector, int limit);

	/**
	 * A document near a vector.
	 *
	 * @param id the document's id
	 * @param score the cosine of the angle between the vectors
	 */
	record Neighbour(String id, double score) {
	}

}
