package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.util.List;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.DocumentVectors;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.storage.TextEmbedding;

/**
 * Collections of documents over a store.
 */
public final class RuntimeStorage implements Storage {

	private final DocumentStore store;

	private final VectorSearch vectors;

	private final PayloadJson json;

	private final PlatformTransactions transactions;

	/**
	 * Creates the storage.
	 * @param store where documents are kept
	 * @param vectors where their vectors are kept
	 * @param embedding what turns text into vectors
	 * @param json documents to JSON and back
	 * @param transactions the transactions of the platform's database
	 */
	public RuntimeStorage(DocumentStore store, DocumentVectors vectors, TextEmbedding embedding, PayloadJson json,
			PlatformTransactions transactions) {
		this.store = store;
		this.vectors = new VectorSearch(store, vectors, embedding);
		this.json = json;
		this.transactions = transactions;
	}

	@Override
	public <T> DocumentCollection<T> documents(String collection, Class<T> type) {
		return collection(collection, type);
	}

	@Override
	public <T> DocumentCollection<T> documents(String collection, TypeRef<T> type) {
		return collection(collection, type.type());
	}

	private <T> DocumentCollection<T> collection(String name, Type type) {
		return new RuntimeDocumentCollection<>(Names.check("collection", name), type, this.store, this.vectors,
				this.json, this.transactions, null);
	}

	@Override
	public List<String> collections() {
		return this.store.collections();
	}

}
