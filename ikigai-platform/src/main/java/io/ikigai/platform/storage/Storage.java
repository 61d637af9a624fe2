package io.ikigai.platform.storage;

import java.util.List;

import io.ikigai.platform.TypeRef;

/**
 * Collections of JSON documents. Everything here joins the running transaction. Safe for
 * use by several threads.
 */
public interface Storage {

	/**
	 * Returns a collection. It needs no declaration; indexes, text language and vector
	 * size are declared in {@code ikigai.storage.collections.<name>.*}.
	 * @param collection the collection's name
	 * @param type what to read documents as
	 * @param <T> what to read documents as
	 * @return the collection
	 */
	<T> DocumentCollection<T> documents(String collection, Class<T> type);

	/**
	 * Returns a collection.
	 * @param collection the collection's name
	 * @param type what to read documents as
	 * @param <T> what to read documents as
	 * @return the collection
	 */
	<T> DocumentCollection<T> documents(String collection, TypeRef<T> type);

	/**
	 * Returns the collections that hold documents.
	 * @return the names, sorted
	 */
	List<String> collections();

}
