package io.ikigai.platform.runtime;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.ikigai.platform.DrainReport;
import io.ikigai.platform.Platform;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;

/**
 * The platform over its services.
 */
public final class RuntimePlatform implements Platform {

	private final TaskQueues queues;

	private final Caches caches;

	private final Mailboxes mailboxes;

	private final AgentRegistry agents;

	private final Storage storage;

	private final Telemetry telemetry;

	private final PubSub pubsub;

	private final PlatformTransactions transactions;

	private final Map<String, String> backends;

	private final Runnable onClose;

	/**
	 * Creates the platform.
	 * @param queues the task queues
	 * @param caches the cache
	 * @param mailboxes the mailboxes
	 * @param agents the registry
	 * @param storage the storage of documents
	 * @param telemetry telemetry
	 * @param pubsub publish and subscribe
	 * @param transactions the transactions of the platform's database
	 * @param backends the backend of each service
	 * @param onClose what {@link #close()} does
	 */
	public RuntimePlatform(TaskQueues queues, Mailboxes mailboxes, Caches caches, AgentRegistry agents, Storage storage,
			Telemetry telemetry, PubSub pubsub, PlatformTransactions transactions, Map<String, String> backends,
			Runnable onClose) {
		this.queues = queues;
		this.mailboxes = mailboxes;
		this.caches = caches;
		this.agents = agents;
		this.storage = storage;
		this.telemetry = telemetry;
		this.pubsub = pubsub;
		this.transactions = transactions;
		this.backends = Map.copyOf(backends);
		this.onClose = onClose;
	}

	@Override
	public TaskQueue queue(String name) {
		return this.queues.queue(name);
	}

	@Override
	public Mailbox mailbox(String name) {
		return this.mailboxes.mailbox(name);
	}

	@Override
	public Cache cache() {
		return this.caches.region();
	}

	@Override
	public Cache cache(String region) {
		return this.caches.region(region);
	}

	@Override
	public PubSub pubsub() {
		return this.pubsub;
	}

	@Override
	public Storage storage() {
		return this.storage;
	}

	@Override
	public Telemetry telemetry() {
		return this.telemetry;
	}

	@Override
	public AgentRegistry agents() {
		return this.agents;
	}

	@Override
	public List<String> queues() {
		return this.queues.names();
	}

	@Override
	public List<String> mailboxes() {
		return this.mailboxes.names();
	}

	@Override
	public <T extends @Nullable Object> T transaction(Supplier<T> work) {
		return this.transactions.run(work);
	}

	@Override
	public void transaction(Runnable work) {
		this.transactions.run(() -> {
			work.run();
			return null;
		});
	}

	@Override
	public DrainReport drainTo(Platform target) {
		if (!(target instanceof RuntimePlatform to)) {
			throw new IllegalArgumentException(
					"The target must be a platform of this implementation, not a " + target.getClass().getName());
		}
		if (this.transactions.active() || to.transactions.active()) {
			throw new IllegalStateException("drainTo is refused inside a transaction: "
					+ "what is stored there must be seen before it is taken away here");
		}
		Drain drain = new Drain();
		if (differs(to, "queues")) {
			drain.queues(this.queues.services(), to.queues.services());
		}
		if (differs(to, "mailboxes")) {
			drain.mailboxes(this.mailboxes.services().store(), to.mailboxes.services().store());
		}
		return drain.report();
	}

	private boolean differs(RuntimePlatform to, String service) {
		return !Objects.equals(this.backends.get(service), to.backends.get(service));
	}

	@Override
	public void close() {
		this.onClose.run();
	}

}
