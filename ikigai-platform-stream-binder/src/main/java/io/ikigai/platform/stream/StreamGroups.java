package io.ikigai.platform.stream;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.StaleDocumentException;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.storage.StoredDocument;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The groups of destinations, kept in the platform's storage: one document for each
 * destination, which says of each group whether it is partitioned. Safe for use by
 * several threads and processes.
 */
final class StreamGroups {

	static final String COLLECTION = "ikigai-stream-groups";

	private final DocumentCollection<Map<String, Boolean>> documents;

	StreamGroups(Storage storage) {
		this.documents = storage.documents(COLLECTION, new TypeRef<Map<String, Boolean>>() {
		});
	}

	/**
	 * Returns the groups of a destination, as they are at this moment of the running
	 * transaction.
	 * @param destination the destination
	 * @return whether they are partitioned, by their names
	 */
	Map<String, Boolean> of(String destination) {
		return this.documents.get(destination).map(StoredDocument::value).orElse(Map.of());
	}

	/**
	 * Records a group that consumes: how it does holds for all.
	 * @param destination the destination
	 * @param group the group
	 * @param partitioned whether its members divide the partitions among themselves
	 */
	void consumes(String destination, String group, boolean partitioned) {
		record(destination, group, partitioned, (known) -> Boolean.valueOf(partitioned).equals(known.get(group)));
	}

	/**
	 * Records a group that a producer requires, unless it is known.
	 * @param destination the destination
	 * @param group the group
	 * @param partitioned whether the producer is partitioned
	 */
	void required(String destination, String group, boolean partitioned) {
		record(destination, group, partitioned, (known) -> known.containsKey(group));
	}

	private void record(String destination, String group, boolean partitioned,
			Predicate<Map<String, Boolean>> recorded) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			recordNow(destination, group, partitioned, recorded);
			return;
		}
		// The group stays when the transaction in which a producer was bound rolls back
		try {
			CompletableFuture
				.runAsync(() -> recordNow(destination, group, partitioned, recorded),
						(work) -> new Thread(work, "ikigai-stream-groups").start())
				.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	private void recordNow(String destination, String group, boolean partitioned,
			Predicate<Map<String, Boolean>> recorded) {
		while (true) {
			Optional<StoredDocument<Map<String, Boolean>>> known = this.documents.get(destination);
			Map<String, Boolean> groups = new TreeMap<>(known.map(StoredDocument::value).orElse(Map.of()));
			if (recorded.test(groups)) {
				return;
			}
			groups.put(group, partitioned);
			try {
				this.documents.put(destination, groups, known.map(StoredDocument::version).orElse(0L));
				return;
			}
			catch (StaleDocumentException ex) {
				// Another process has recorded one meanwhile
			}
		}
	}

}
