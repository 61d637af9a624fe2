package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StaleDocumentException;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.storage.UnreadableDocument;
import org.jspecify.annotations.Nullable;

/**
 * A collection over a store. Checks what comes in before anything is written.
 */
final class RuntimeDocumentCollection<T> implements DocumentCollection<T> {

	private static final int MOST_HITS = 1000;

	private static final int LONGEST_SEARCH = 10_000;

	private final String name;

	private final Type type;

	private final DocumentStore store;

	private final VectorSearch vectors;

	private final PayloadJson json;

	private final PlatformTransactions transactions;

	private final @Nullable Consumer<UnreadableDocument> unreadable;

	RuntimeDocumentCollection(String name, Type type, DocumentStore store, VectorSearch vectors, PayloadJson json,
			PlatformTransactions transactions, @Nullable Consumer<UnreadableDocument> unreadable) {
		this.name = name;
		this.type = type;
		this.store = store;
		this.vectors = vectors;
		this.json = json;
		this.transactions = transactions;
		this.unreadable = unreadable;
	}

	@Override
	public DocumentCollection<T> skipping(Consumer<UnreadableDocument> unreadable) {
		return new RuntimeDocumentCollection<>(this.name, this.type, this.store, this.vectors, this.json,
				this.transactions, unreadable);
	}

	@Override
	public StoredDocument<T> put(String id, T value) {
		return put(id, value, (Long) null);
	}

	@Override
	public StoredDocument<T> put(String id, T value, long expectedVersion) {
		if (expectedVersion < 0) {
			throw new IllegalArgumentException("The expected version must be 0 or more, not " + expectedVersion);
		}
		return put(id, value, (Long) expectedVersion);
	}

	private StoredDocument<T> put(String id, T value, @Nullable Long expectedVersion) {
		String written = this.json.write("document", value);
		StoredDocument<String> stored = this.store.put(this.name, checkId(id), written, expectedVersion)
			.orElseThrow(() -> stale(id, (expectedVersion != null) ? expectedVersion : 0));
		return new StoredDocument<>(id, value, stored.version(), stored.createdAt(), stored.updatedAt());
	}

	private StaleDocumentException stale(String id, long expectedVersion) {
		Long actual = this.store.get(this.name, List.of(id))
			.stream()
			.map(StoredDocument::version)
			.findFirst()
			.orElse(null);
		this.transactions.markForRollback();
		return new StaleDocumentException(this.name, id, expectedVersion, actual);
	}

	@Override
	public void putAll(Map<String, T> values) {
		// In an order that all writers share, so that they do not block each other in a
		// circle.
		Map<String, String> documents = new TreeMap<>();
		values.forEach((id, value) -> documents.put(checkId(id), this.json.write("document", value)));
		this.transactions.runOfStores(() -> {
			this.store.putAll(this.name, documents);
			return null;
		});
	}

	@Override
	public Optional<StoredDocument<T>> get(String id) {
		return this.store.get(this.name, List.of(checkId(id))).stream().findFirst().flatMap(this::read);
	}

	@Override
	public boolean delete(String id) {
		return this.store.delete(this.name, checkId(id), null);
	}

	@Override
	public boolean delete(String id, long expectedVersion) {
		if (expectedVersion < 1) {
			throw new IllegalArgumentException("The expected version must be 1 or more, not " + expectedVersion);
		}
		if (this.store.delete(this.name, checkId(id), expectedVersion)) {
			return true;
		}
		if (this.store.get(this.name, List.of(id)).isEmpty()) {
			return false;
		}
		throw stale(id, expectedVersion);
	}

	@Override
	public List<StoredDocument<T>> find(DocumentQuery query) {
		return this.store.find(this.name, query, this::writeValue)
			.stream()
			.map(this::read)
			.flatMap(Optional::stream)
			.toList();
	}

	@Override
	public long count(DocumentQuery query) {
		return this.store.count(this.name, query, this::writeValue);
	}

	@Override
	public List<SearchHit<T>> search(String text, int limit) {
		checkLimit(limit);
		return read(this.store.search(this.name, checkText(text), limit));
	}

	@Override
	public void embed(String id, float[] vector) {
		embedAll(Map.of(id, vector));
	}

	@Override
	public void embedAll(Map<String, float[]> vectors) {
		vectors.keySet().forEach(RuntimeDocumentCollection::checkId);
		this.vectors.embed(this.name, vectors);
	}

	@Override
	public List<SearchHit<T>> nearest(float[] vector, int limit) {
		return nearest(vector, DocumentQuery.all(), limit);
	}

	@Override
	public List<SearchHit<T>> nearest(float[] vector, DocumentQuery query, int limit) {
		checkLimit(limit);
		return read(this.vectors.nearest(this.name, vector, query, this::writeValue, limit));
	}

	@Override
	public List<SearchHit<T>> similar(String text, int limit) {
		checkLimit(limit);
		return read(this.vectors.similar(this.name, checkText(text), limit));
	}

	@Override
	public List<SearchHit<T>> hybrid(String text, int limit) {
		checkLimit(limit);
		return read(this.vectors.hybrid(this.name, checkText(text), limit, MOST_HITS));
	}

	private List<SearchHit<T>> read(List<SearchHit<String>> hits) {
		List<SearchHit<T>> read = new ArrayList<>();
		hits.forEach((hit) -> read(hit.document())
			.ifPresent((document) -> read.add(new SearchHit<>(document, hit.score(), hit.snippet()))));
		return read;
	}

	private Optional<StoredDocument<T>> read(StoredDocument<String> stored) {
		try {
			T value = this.json.read("document '" + stored.id() + "' of collection '" + this.name + "'", stored.value(),
					this.type);
			return Optional
				.of(new StoredDocument<>(stored.id(), value, stored.version(), stored.createdAt(), stored.updatedAt()));
		}
		catch (PayloadException ex) {
			if (this.unreadable == null) {
				throw ex;
			}
			this.unreadable.accept(new UnreadableDocument(this.name, stored.id(), stored.version(), stored.value(),
					stored.updatedAt(), String.valueOf(ex.getMessage())));
			return Optional.empty();
		}
	}

	private String writeValue(@Nullable Object value) {
		return (value != null) ? this.json.write("query", value) : "null";
	}

	private static String checkId(String id) {
		return Names.check("document", id);
	}

	private static void checkLimit(int limit) {
		if (limit < 1 || limit > MOST_HITS) {
			throw new IllegalArgumentException("limit must be from 1 to " + MOST_HITS + ", not " + limit);
		}
	}

	private static String checkText(String text) {
		if (text.isBlank()) {
			throw new IllegalArgumentException("The text to search for must not be blank");
		}
		if (text.length() > LONGEST_SEARCH) {
			throw new IllegalArgumentException("The text to search for has at most " + LONGEST_SEARCH
					+ " characters, not " + text.length() + ": take the words that matter");
		}
		int flaw = UnstorableText.find(text);
		if (flaw >= 0) {
			throw new IllegalArgumentException(
					"The text to search for must not hold " + UnstorableText.WHAT + "; it does at position " + flaw);
		}
		return text;
	}

}
