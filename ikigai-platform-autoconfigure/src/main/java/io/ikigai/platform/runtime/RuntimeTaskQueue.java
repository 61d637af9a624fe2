package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.FinishedTask;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskProgress;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.transaction.Ending;

/**
 * A queue over a store. Checks what comes in before anything is written.
 */
final class RuntimeTaskQueue implements ListenedTaskQueue {

	private static final int MOST_CLAIMS = 1000;

	private static final int MOST_LISTED = 10_000;

	private final String name;

	private final TaskQueueServices services;

	RuntimeTaskQueue(String name, TaskQueueServices services) {
		this.name = Names.check("queue", name);
		this.services = services;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public UUID enqueue(Object payload) {
		return enqueue(payload, TaskOptions.of());
	}

	@Override
	public UUID enqueue(Object payload, TaskOptions options) {
		return send(options, (observed) -> this.services.store().add(this.name, List.of(task(payload, observed))))
			.get(0);
	}

	@Override
	public List<UUID> enqueueAll(Collection<?> payloads) {
		return enqueueAll(payloads, TaskOptions.of());
	}

	@Override
	public List<UUID> enqueueAll(Collection<?> payloads, TaskOptions options) {
		if (options.uniqueKey() != null) {
			throw new IllegalArgumentException("A unique key is of one task; enqueueAll got " + payloads.size()
					+ " payloads for the key '" + options.uniqueKey() + "'. Enqueue them one by one");
		}
		return send(options, (observed) -> {
			List<NewTask> tasks = payloads.stream().map((payload) -> task(payload, observed)).toList();
			return (this.services.store() instanceof ForeignTaskStore foreign)
					? foreign.addAll(this.name, tasks, options) : this.services.store().add(this.name, tasks);
		});
	}

	private List<UUID> send(TaskOptions options, Function<TaskOptions, List<UUID>> sending) {
		return this.services.observations().send("queue", this.name, options.headers(), (headers) -> {
			TaskOptions observed = options;
			for (Map.Entry<String, String> header : headers.entrySet()) {
				if (!header.getValue().equals(options.headers().get(header.getKey()))) {
					observed = observed.withHeader(header.getKey(), header.getValue());
				}
			}
			return sending.apply(observed);
		});
	}

	private NewTask task(Object payload, TaskOptions options) {
		options.headers().forEach((header, value) -> {
			if (UnstorableText.find(header) >= 0 || UnstorableText.find(value) >= 0) {
				throw new IllegalArgumentException(
						"Header '" + header + "' must not hold " + UnstorableText.WHAT + " in its name or value");
			}
		});
		if (options.uniqueKey() != null && UnstorableText.find(options.uniqueKey()) >= 0) {
			throw new IllegalArgumentException("A unique key must not hold " + UnstorableText.WHAT);
		}
		return new NewTask(FreshIds.next(), this.services.json().write("task", payload, this.services.store()),
				options);
	}

	@Override
	public Optional<Task> claim() {
		return claim(1).stream().findFirst();
	}

	@Override
	public List<Task> claim(int max) {
		return claims(max, this.services.lease()).stream()
			.<Task>map((claim) -> new ClaimedTask(claim, this.services))
			.toList();
	}

	@Override
	public Optional<Task> claim(Duration wait) {
		return new AwaitedTake<>(this::claim, this::onReady, this.services.pollInterval()).within(wait);
	}

	@Override
	public List<ListenedTask> claim(int max, Duration lease) {
		return claims(max, this.services.checkLease(lease)).stream().<ListenedTask>map((claim) -> {
			// What a transaction claimed is locked by it; nobody else can take it.
			if (!claim.transactional()) {
				keep(claim);
			}
			return new ClaimedTask(claim, this.services);
		}).toList();
	}

	// A claim of a transaction that was not committed is given back, or its lease ends
	private void keep(TaskClaim claim) {
		this.services.leases().keep(claim);
		if (this.services.transactions().active()) {
			this.services.transactions().whenEnded((ending) -> {
				if (ending != Ending.COMMITTED) {
					this.services.leases().forget(claim);
				}
			});
		}
	}

	@Override
	public List<FinishedTask> completeAll(List<FinishedTask> tasks) {
		List<CompletedClaim> claims = new ArrayList<>(tasks.size());
		for (FinishedTask task : tasks) {
			claims.add(new CompletedClaim(((ClaimedTask) task.task()).claim(), task.outcome()));
		}
		List<CompletedClaim> left = this.services.store().completeAll(claims);
		List<FinishedTask> notCompleted = new ArrayList<>(left.size());
		for (FinishedTask task : tasks) {
			ClaimedTask claimed = (ClaimedTask) task.task();
			if (notCompleted.size() < left.size() && left.get(notCompleted.size()).claim() == claimed.claim()) {
				notCompleted.add(task);
			}
			else {
				claimed.completed(task.outcome());
			}
		}
		return notCompleted;
	}

	private List<TaskClaim> claims(int max, Duration lease) {
		if (max < 1 || max > MOST_CLAIMS) {
			throw new IllegalArgumentException("max must be from 1 to " + MOST_CLAIMS + ", not " + max);
		}
		return new ReadableClaims(this.services).claim(this.name, max, lease);
	}

	@Override
	public AutoCloseable onReady(Runnable wake) {
		return this.services.store().onReady(this.name, wake);
	}

	@Override
	public Optional<TaskInfo> find(UUID id) {
		return this.services.inspection().find(this.name, id);
	}

	@Override
	public List<TaskInfo> list(TaskState state, int limit) {
		if (limit < 1 || limit > MOST_LISTED) {
			throw new IllegalArgumentException("limit must be from 1 to " + MOST_LISTED + ", not " + limit);
		}
		return this.services.inspection().list(this.name, state, limit);
	}

	@Override
	public TaskPage find(TaskQuery query) {
		return this.services.inspection().find(this.name, query);
	}

	@Override
	public Optional<TaskProgress> progress(UUID id) {
		return this.services.inspection().progress(this.name, id);
	}

	@Override
	public boolean cancel(UUID id) {
		return this.services.inspection().cancel(this.name, id);
	}

	@Override
	public boolean redrive(UUID id) {
		return this.services.inspection().redrive(this.name, id);
	}

	@Override
	public long redriveFailed() {
		return this.services.inspection().redriveFailed(this.name);
	}

	@Override
	public void pause() {
		this.services.inspection().pause(this.name, true);
	}

	@Override
	public void resume() {
		this.services.inspection().pause(this.name, false);
	}

	@Override
	public boolean paused() {
		return this.services.inspection().paused(this.name);
	}

	@Override
	public QueueStats stats() {
		return this.services.inspection().stats(this.name);
	}

}
