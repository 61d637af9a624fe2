package io.ikigai.platform.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.TimeRange;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.queue.FinishedTask;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.transaction.Ending;
import org.jspecify.annotations.Nullable;

/**
 * A claim over a store.
 */
final class ClaimedTask implements ListenedTask {

	private final TaskClaim claim;

	private final TaskQueueServices services;

	private volatile long begunNanos = System.nanoTime();

	private volatile @Nullable String listener;

	/** Whether it was settled, perhaps in a transaction that still runs. */
	private volatile boolean settled;

	ClaimedTask(TaskClaim claim, TaskQueueServices services) {
		this.claim = claim;
		this.services = services;
	}

	@Override
	public UUID id() {
		return this.claim.id();
	}

	@Override
	public String queue() {
		return this.claim.queue();
	}

	@Override
	public int priority() {
		return this.claim.priority();
	}

	@Override
	public int attempt() {
		return this.claim.attempt();
	}

	@Override
	public Instant createdAt() {
		return this.claim.createdAt();
	}

	@Override
	public Instant scheduledFor() {
		return this.claim.scheduledFor();
	}

	@Override
	public Instant claimedAt() {
		return this.claim.claimedAt();
	}

	@Override
	public String claimedBy() {
		return this.claim.claimedBy();
	}

	@Override
	public Map<String, String> headers() {
		return this.claim.headers();
	}

	@Override
	public String json() {
		return this.claim.json();
	}

	@Override
	public <T> T payload(Class<T> type) {
		return this.services.json().read("task " + id() + " of queue '" + queue() + "'", json(), type);
	}

	@Override
	public <T> T payload(TypeRef<T> type) {
		return this.services.json().read("task " + id() + " of queue '" + queue() + "'", json(), type);
	}

	@Override
	public void complete() {
		settle(new TaskOutcome.Completed(null));
	}

	@Override
	public void complete(@Nullable Object result) {
		settle(completed(result));
	}

	private TaskOutcome.Completed completed(@Nullable Object result) {
		return new TaskOutcome.Completed((result != null) ? this.services.json().write("task's result", result) : null);
	}

	@Override
	public void complete(Runnable writes) {
		complete(() -> {
			writes.run();
			return null;
		});
	}

	@Override
	public <R extends @Nullable Object> R complete(Supplier<R> writes) {
		return this.services.transactions().run(() -> {
			guard();
			R result = writes.get();
			// The guard is set already.
			settleGuarded(completed(result));
			return result;
		});
	}

	@Override
	public void fail(String error) {
		settle(new TaskOutcome.Failed(ErrorText.of(error)));
	}

	@Override
	public void fail(Throwable error) {
		settle(new TaskOutcome.Failed(ErrorText.of(error)));
	}

	@Override
	public void retry(Duration delay, String error) {
		TimeRange.checkDelay("delay", delay);
		settle(new TaskOutcome.Retried(delay, ErrorText.of(error)));
	}

	@Override
	public void release() {
		settle(new TaskOutcome.Released());
	}

	@Override
	public void handledBy(String listener) {
		this.listener = listener;
		this.begunNanos = System.nanoTime();
	}

	@Override
	public void beginSettling() {
		guard();
	}

	@Override
	public boolean failAttempt(Throwable error, RetryPolicy policy) {
		// Plain SQL may have written any numbers
		int failures = Math.max(1, attempt() - this.claim.deaths());
		Integer own = this.claim.maxAttempts();
		if (failures >= ((own != null) ? own : policy.maxAttempts())) {
			fail(error);
			return true;
		}
		settle(new TaskOutcome.Retried(policy.delayAfter(failures, ThreadLocalRandom.current().nextDouble(-1, 1)),
				ErrorText.of(error)));
		return false;
	}

	@Override
	public FinishedTask finished(@Nullable Object result) {
		TaskOutcome.Completed outcome = completed(result);
		this.services.leases().settling(this.claim);
		return new FinishedTask(this, outcome);
	}

	TaskClaim claim() {
		return this.claim;
	}

	/**
	 * Notes that it was completed together with others.
	 */
	void completed(TaskOutcome.Completed outcome) {
		this.settled = true;
		ended(outcome, Duration.ofNanos(System.nanoTime() - this.begunNanos));
	}

	@Override
	public void abandon() {
		this.services.leases().forget(this.claim);
	}

	@Override
	public boolean settled() {
		return this.settled;
	}

	@Override
	public void extend(Duration lease) {
		this.services.checkLease(lease);
		if (!this.services.store().extend(List.of(this.claim), lease).isEmpty()) {
			throw stale();
		}
	}

	@Override
	public void progress(double fraction, String note) {
		if (!(fraction >= 0 && fraction <= 1)) {
			throw new IllegalArgumentException("fraction must be from 0 to 1, not " + fraction);
		}
		if (!this.services.store().progress(this.claim, fraction, ErrorText.of(note))) {
			throw stale();
		}
	}

	@Override
	public boolean cancelled() {
		return this.services.store().cancelled(this.claim);
	}

	private void settle(TaskOutcome outcome) {
		if (this.services.transactions().active()) {
			guard();
		}
		settleGuarded(outcome);
	}

	private void guard() {
		// A claim made inside the transaction has set the guard itself.
		if (!this.claim.transactional() && !this.services.store().beginSettling(this.claim)) {
			throw stale();
		}
	}

	private void settleGuarded(TaskOutcome outcome) {
		if (this.settled) {
			throw stale();
		}
		this.services.leases().settling(this.claim);
		if (!this.services.store().settle(this.claim, outcome)) {
			throw stale();
		}
		this.settled = true;
		Duration worked = Duration.ofNanos(System.nanoTime() - this.begunNanos);
		if (this.services.transactions().active()) {
			this.services.transactions().whenEnded((ending) -> {
				this.settled = (ending == Ending.COMMITTED);
				if (this.settled) {
					ended(outcome, worked);
				}
				else {
					this.services.leases().notSettled(this.claim);
				}
			});
		}
		else {
			ended(outcome, worked);
		}
	}

	private void ended(TaskOutcome outcome, Duration worked) {
		this.services.leases().forget(this.claim);
		this.services.observer().settled(this, this.listener, outcome, worked);
	}

	// Marked before it is thrown: who catches it must not commit.
	private StaleClaimException stale() {
		this.services.transactions().markForRollback();
		return new StaleClaimException(id(), queue());
	}

}
