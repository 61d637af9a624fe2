package io.ikigai.platform.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.DocumentVectors;
import io.ikigai.platform.storage.DocumentVectors.Neighbour;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.storage.TextEmbedding;
import org.jspecify.annotations.Nullable;

/**
 * What collections do with vectors: checks them, brings them to length 1, and fuses the
 * rankings of two searches.
 */
final class VectorSearch {

	/**
	 * How little the first ranks count more than the next: the value of Cormack, Clarke
	 * and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
	 * Learning Methods", SIGIR 2009.
	 */
	private static final int RANK_CONSTANT = 60;

	/** How many of each ranking are fused, for each hit that is asked for. */
	private static final int CANDIDATES_PER_HIT = 4;

	private static final int FEWEST_CANDIDATES = 50;

	private static final int LARGEST = 16_000;

	private final DocumentStore store;

	private final DocumentVectors vectors;

	private final TextEmbedding embedding;

	VectorSearch(DocumentStore store, DocumentVectors vectors, TextEmbedding embedding) {
		this.store = store;
		this.vectors = vectors;
		this.embedding = embedding;
	}

	void embed(String collection, Map<String, float[]> vectors) {
		// In an order that all writers share, so that they do not block each other in a
		// circle.
		Map<String, float[]> units = new TreeMap<>();
		vectors.forEach((id, vector) -> units.put(id, unit(vector)));
		if (!units.isEmpty()) {
			this.vectors.embed(collection, units);
		}
	}

	List<SearchHit<String>> nearest(String collection, float[] vector, DocumentQuery query,
			Function<@Nullable Object, String> json, int limit) {
		List<Neighbour> neighbours = this.vectors.nearest(collection, unit(vector), query, json, limit);
		Map<String, StoredDocument<String>> documents = documents(collection,
				neighbours.stream().map(Neighbour::id).toList());
		List<SearchHit<String>> hits = new ArrayList<>();
		for (Neighbour neighbour : neighbours) {
			StoredDocument<String> document = documents.get(neighbour.id());
			// Another transaction may have deleted it meanwhile.
			if (document != null) {
				hits.add(new SearchHit<>(document, neighbour.score(), null));
			}
		}
		return hits;
	}

	List<SearchHit<String>> similar(String collection, String text, int limit) {
		return nearest(collection, embed(text), DocumentQuery.all(), String::valueOf, limit);
	}

	List<SearchHit<String>> hybrid(String collection, String text, int limit, int most) {
		int candidates = Math.min(most, Math.max(FEWEST_CANDIDATES, limit * CANDIDATES_PER_HIT));
		float[] vector = embed(text);
		List<SearchHit<String>> byText = this.store.search(collection, text, candidates);
		List<SearchHit<String>> byMeaning = nearest(collection, vector, DocumentQuery.all(), String::valueOf,
				candidates);
		Map<String, SearchHit<String>> hits = new LinkedHashMap<>();
		for (List<SearchHit<String>> ranking : List.of(byText, byMeaning)) {
			for (int rank = 1; rank <= ranking.size(); rank++) {
				SearchHit<String> hit = ranking.get(rank - 1);
				hits.merge(hit.document().id(),
						new SearchHit<>(hit.document(), 1.0 / (RANK_CONSTANT + rank), hit.snippet()),
						(first, second) -> new SearchHit<>(first.document(), first.score() + second.score(),
								first.snippet()));
			}
		}
		// Stable: of equals, what was found by text comes first.
		return hits.values()
			.stream()
			.sorted(Comparator.<SearchHit<String>>comparingDouble(SearchHit::score).reversed())
			.limit(limit)
			.toList();
	}

	private Map<String, StoredDocument<String>> documents(String collection, List<String> ids) {
		Map<String, StoredDocument<String>> documents = new HashMap<>();
		if (!ids.isEmpty()) {
			this.store.get(collection, ids).forEach((document) -> documents.put(document.id(), document));
		}
		return documents;
	}

	private float[] embed(String text) {
		List<float[]> vectors = this.embedding.embed(List.of(text));
		if (vectors.size() != 1) {
			throw new IllegalStateException(
					"The embedding model returned " + vectors.size() + " vectors for one text; it must return one");
		}
		return vectors.get(0);
	}

	/**
	 * Brings a vector to length 1: only the direction counts for the cosine, and no
	 * product of two overflows.
	 */
	static float[] unit(float[] vector) {
		if (vector.length == 0 || vector.length > LARGEST) {
			throw new IllegalArgumentException("A vector has from 1 to " + LARGEST + " numbers, not " + vector.length);
		}
		double largest = 0;
		for (int i = 0; i < vector.length; i++) {
			if (!Float.isFinite(vector[i])) {
				throw new IllegalArgumentException(
						"A vector holds finite numbers, not " + vector[i] + " at index " + i);
			}
			largest = Math.max(largest, Math.abs((double) vector[i]));
		}
		if (largest == 0) {
			throw new IllegalArgumentException("A vector must not be all zero: it has no direction to compare");
		}
		double sum = 0;
		for (float number : vector) {
			sum += (number / largest) * (number / largest);
		}
		double length = largest * Math.sqrt(sum);
		float[] unit = new float[vector.length];
		for (int i = 0; i < vector.length; i++) {
			unit[i] = (float) (vector[i] / length);
		}
		return unit;
	}

}
