package io.ikigai.platform.storage;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Vectors of documents: what a backend of the storage implements beside
 * {@link DocumentStore}. Names, ids and limits have been checked before; vectors are
 * finite and of length 1. Each method is atomic and joins the running transaction. Safe
 * for use by several threads.
 */
public interface DocumentVectors {

	/**
	 * Gives documents their vectors.
	 * @param collection the collection
	 * @param vectors the vectors by the documents' ids, in an order that all writers
	 * share
	 * @throws IllegalArgumentException if a vector has the wrong size or there is no such
	 * document; nothing was written then
	 */
	void embed(String collection, Map<String, float[]> vectors);

	/**
	 * Finds the documents whose vectors are nearest, by cosine.
	 * @param collection the collection
	 * @param vector the vector
	 * @param query which documents; only its conditions count
	 * @param json how values of the query are written as JSON
	 * @param limit how many at most
	 * @return their ids, the nearest first
	 * @throws IllegalArgumentException if the vector has the wrong size or the query
	 * makes no sense
	 */
	List<Neighbour> nearest(String collection, float[] vector, DocumentQuery query,
			Function<@Nullable Object, String> json, int limit);

	/**
	 * A document near a vector.
	 *
	 * @param id the document's id
	 * @param score the cosine of the angle between the vectors
	 */
	record Neighbour(String id, double score) {
	}

}
