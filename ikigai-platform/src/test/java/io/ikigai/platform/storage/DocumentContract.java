package io.ikigai.platform.storage;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import io.ikigai.platform.Platform;
import io.ikigai.platform.TypeRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the classes of the compatibility kit of the storage share. A backend passes the
 * kit with one subclass of each {@code …ContractTests} of this package.
 */
public abstract class DocumentContract {

	static final TypeRef<Map<String, Object>> MAP = new TypeRef<>() {
	};

	private String name;

	private ExecutorService threads;

	/**
	 * Returns a platform whose storage is on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	/**
	 * Returns another platform on the same backend, as another process has it.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform other();

	@BeforeEach
	void freshCollection() {
		this.name = "contract-" + UUID.randomUUID();
		this.threads = Executors.newCachedThreadPool();
	}

	@AfterEach
	void endThreads() {
		this.threads.shutdownNow();
	}

	/**
	 * Returns the name of a collection that no other test uses.
	 * @return the name
	 */
	protected String name() {
		return this.name;
	}

	/**
	 * Returns that collection, read as a type.
	 */
	<T> DocumentCollection<T> documents(Class<T> type) {
		return platform().storage().documents(this.name, type);
	}

	/**
	 * Returns that collection, read as maps.
	 */
	DocumentCollection<Map<String, Object>> maps() {
		return platform().storage().documents(this.name, MAP);
	}

	/**
	 * Runs in another thread, outside the caller's transaction.
	 */
	<T> CompletableFuture<T> async(Supplier<T> work) {
		return CompletableFuture.supplyAsync(work, this.threads);
	}

	static List<String> ids(List<? extends StoredDocument<?>> documents) {
		return documents.stream().<String>map(StoredDocument::id).toList();
	}

	/**
	 * A document as applications have them.
	 *
	 * @param url an address
	 * @param state how it is
	 * @param failures a number
	 */
	record Site(String url, String state, int failures) {
	}

	/**
	 * The same documents, with less of them.
	 *
	 * @param url an address
	 */
	record Address(String url) {
	}

}
