package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.outbox.Settlement;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskStore;

import io.ikigai.platform.runtime.OutboxRelay.Left;

/**
 * A store on another backend than the database, for use within that database's
 * transactions: tasks are enqueued through the outbox, claims are given back by a
 * rollback, and a settlement is recorded with the transaction and told to the store after
 * the commit. Outside transactions the store itself. Safe for use by several threads.
 */
public final class ForeignTaskStore implements TaskStore, PayloadLimit, AutoCloseable {

	private static final String SERVICE = "queues";

	private final TaskStore store;

	private final OutboxRelay<NewTask> relay;

	private final RetriedBulks bulks = new RetriedBulks();

	private final Settlements settlements;

	/**
	 * Wraps a store.
	 * @param store the store
	 * @param outbox the outbox
	 * @param settlements what transactions have settled
	 * @param transactions the transactions of the platform's database
	 */
	public ForeignTaskStore(TaskStore store, OutboxStore outbox, SettlementStore settlements,
			PlatformTransactions transactions) {
		this.store = store;
		this.settlements = new Settlements(settlements, transactions);
		this.relay = new OutboxRelay<>(SERVICE, outbox, transactions, OutboxBody::task, this::send);
	}

	@Override
	public List<UUID> add(String queue, List<NewTask> tasks) {
		if (this.relay.passes()) {
			return this.store.add(queue, tasks);
		}
		if (!tasks.isEmpty()) {
			this.relay.leave(tasks.stream()
				.map((task) -> new OutboxMessage(SERVICE, queue, task.id(), OutboxBody.of(task)))
				.toList());
		}
		return tasks.stream().map(NewTask::id).toList();
	}

	/**
	 * Enqueues many tasks. If that fails, and their caller enqueues them again, those
	 * that were stored are not stored twice.
	 * @param queue the queue
	 * @param tasks the tasks
	 * @param options the options of all of them, as the caller gave them
	 * @return their ids
	 */
	List<UUID> addAll(String queue, List<NewTask> tasks, TaskOptions options) {
		return (tasks.size() > 1 && this.relay.passes())
				? this.bulks.add(queue, tasks, options, (same) -> this.store.add(queue, same)) : add(queue, tasks);
	}

	// Neighbours for the same queue go together; a unique key is of one task alone.
	private void send(List<Left<NewTask>> messages) {
		int from = 0;
		while (from < messages.size()) {
			String queue = messages.get(from).destination();
			NewTask first = messages.get(from).content();
			List<NewTask> together = new ArrayList<>(List.of(first));
			int to = from + 1;
			while (to < messages.size() && first.options().uniqueKey() == null
					&& messages.get(to).destination().equals(queue)) {
				NewTask next = messages.get(to).content();
				if (next.options().uniqueKey() != null) {
					break;
				}
				together.add(next);
				to++;
			}
			this.store.add(queue, together);
			from = to;
		}
	}

	@Override
	public List<TaskClaim> claim(String queue, int max, Duration lease, boolean transactional) {
		List<TaskClaim> claims;
		List<TaskClaim> handedOut;
		do {
			handedOut = this.store.claim(queue, max, lease, false);
			claims = this.settlements.withoutSettled(handedOut, (claim) -> claim.deaths() > 0, TaskClaim::id,
					this::tell);
		}
		while (claims.isEmpty() && !handedOut.isEmpty());
		if (transactional) {
			this.settlements.undoneWithTransaction(claims, TaskClaim::id, this::tell,
					(left) -> left.forEach((claim) -> this.store.settle(claim, new TaskOutcome.Released())));
		}
		return claims;
	}

	private boolean tell(TaskClaim claim, String outcome) {
		return this.store.settle(claim, OutboxBody.outcome(outcome));
	}

	@Override
	public List<TaskClaim> claimScheduled(String queue, int max, Duration lease) {
		return this.store.claimScheduled(queue, max, lease);
	}

	@Override
	public boolean settle(TaskClaim claim, TaskOutcome outcome) {
		if (!this.settlements.inTransaction()) {
			return this.settlements.settledBefore(claim, claim.id(), this::tell)
					? outcome instanceof TaskOutcome.Completed : this.store.settle(claim, outcome);
		}
		boolean last = outcome instanceof TaskOutcome.Completed || outcome instanceof TaskOutcome.Failed;
		return this.settlements.record(claim, new Settlement(claim.id(), claim.token(), OutboxBody.of(outcome), last),
				() -> this.store.settle(claim, outcome), this::tell);
	}

	@Override
	public List<CompletedClaim> completeAll(List<CompletedClaim> claims) {
		return this.store.completeAll(claims);
	}

	@Override
	public boolean beginSettling(TaskClaim claim) {
		this.settlements.begin(claim.lease());
		return this.store.beginSettling(claim);
	}

	@Override
	public Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		return this.store.extend(claims, lease);
	}

	@Override
	public boolean cancelled(TaskClaim claim) {
		return this.store.cancelled(claim);
	}

	@Override
	public boolean progress(TaskClaim claim, double fraction, String note) {
		return this.store.progress(claim, fraction, note);
	}

	@Override
	public AutoCloseable onReady(String queue, Runnable wake) {
		return this.store.onReady(queue, wake);
	}

	@Override
	public long maxPayloadBytes() {
		return PayloadJson.limitOf(this.store);
	}

	@Override
	public void close() {
		this.relay.close();
	}

}
