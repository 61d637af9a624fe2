package io.ikigai.platform.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.runtime.ForeignCacheStore;
import io.ikigai.platform.runtime.ForeignMailboxStore;
import io.ikigai.platform.runtime.ForeignTaskStore;
import io.ikigai.platform.runtime.ForeignTopicStore;
import io.ikigai.platform.runtime.PlatformTransactions;

/**
 * Gives stores that are not on the platform's database their place in its transactions.
 * Closed before the backends.
 */
final class ForeignStores implements AutoCloseable {

	private final ServicesProperties services;

	private final OutboxStore outbox;

	private final SettlementStore settlements;

	private final PlatformTransactions transactions;

	private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

	/**
	 * Creates them.
	 * @param services which backend serves which service
	 * @param outbox the outbox
	 * @param settlements what transactions have settled
	 * @param transactions the transactions of the platform's database
	 * @param backends the backends, which must live longer
	 */
	ForeignStores(ServicesProperties services, OutboxStore outbox, SettlementStore settlements,
			PlatformTransactions transactions, List<BackendStatus> backends) {
		this.services = services;
		this.outbox = outbox;
		this.settlements = settlements;
		this.transactions = transactions;
	}

	TaskStore withinTransactions(TaskStore store) {
		return (this.services.queues() == ServicesProperties.Queues.POSTGRES) ? store
				: opened(() -> new ForeignTaskStore(store, this.outbox, this.settlements, this.transactions));
	}

	MailboxStore withinTransactions(MailboxStore store) {
		return (this.services.mailboxes() == ServicesProperties.Mailboxes.POSTGRES) ? store
				: opened(() -> new ForeignMailboxStore(store, this.outbox, this.settlements, this.transactions));
	}

	TopicStore withinTransactions(TopicStore store) {
		return (this.services.pubsub() == ServicesProperties.Pubsub.POSTGRES) ? store
				: opened(() -> new ForeignTopicStore(store, this.outbox, this.transactions));
	}

	CacheStore withinTransactions(CacheStore store) {
		return (this.services.cache() == ServicesProperties.Cache.POSTGRES) ? store
				: opened(() -> new ForeignCacheStore((NearCacheStore) store, this.outbox, this.transactions));
	}

	private <T extends AutoCloseable> T opened(Supplier<T> store) {
		T opened = store.get();
		this.open.add(opened);
		return opened;
	}

	@Override
	public void close() throws Exception {
		for (AutoCloseable each : this.open) {
			each.close();
		}
	}

}
