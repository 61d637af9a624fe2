package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.util.List;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.Storage;

/**
 * Collections of documents over a store.
 */
public final class RuntimeStorage implements Storage {

	private final DocumentStore store;

	private final PayloadJson json;

	private final PlatformTransactions transactions;

	/**
	 * Creates the storage.
	 * @param store where documents are kept
	 * @param json documents to JSON and back
	 * @param transactions the transactions of the platform's database
	 */
	public RuntimeStorage(DocumentStore store, PayloadJson json, PlatformTransactions transactions) {
		this.store = store;
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
		return new RuntimeDocumentCollection<>(Names.check("collection", name), type, this.store, this.json,
				this.transactions);
	}

	@Override
	public List<String> collections() {
		return this.store.collections();
	}

}
