package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.ListenedTaskQueue;

/**
 * Tasks whose claims are committed with a lease: {@link ClaimMode#LEASE}.
 */
final class LeaseSource implements ListenerSource {

	/** No claim asks for more tasks, unless one batch does. */
	private static final int LARGEST_CLAIM = 1000;

	private final ListenedTaskQueue queue;

	private final TaskEndpoint endpoint;

	private final Handling handling;

	private final Completion<ReceivedTask> completion;

	LeaseSource(ListenedTaskQueue queue, TaskEndpoint endpoint, Handling handling) {
		this.queue = queue;
		this.endpoint = endpoint;
		this.handling = handling;
		// What is sent belongs to one completion
		this.completion = (endpoint.listener().results() == null) ? new GroupedCompletion(queue)
				: (task, result, settlement, run) -> settlement.complete(task, result);
	}

	// Each number makes a statement of its own, which the connection has to prepare
	private static int few(int workers) {
		return (workers <= 32) ? workers : Integer.highestOneBit(workers);
	}

	@Override
	public Taken take(int workers, ListenerRun run) {
		int size = this.endpoint.tasksPerCall();
		int max = few(Math.max(1, Math.min(workers, LARGEST_CLAIM / size))) * size;
		List<ReceivedTask> tasks = this.queue.claim(max, this.endpoint.lease())
			.stream()
			.map((task) -> new ReceivedTask(task, this.endpoint, this.handling.deadLetters()))
			.toList();
		run.worked();
		List<Work> works = new ArrayList<>();
		for (int from = 0; from < tasks.size(); from += size) {
			List<ReceivedTask> part = List.copyOf(tasks.subList(from, Math.min(tasks.size(), from + size)));
			works.add(new LeasedWork<>(this.handling, part, this.completion, run));
		}
		return new Taken(works, tasks.size() == max);
	}

	@Override
	public boolean mayTakeAhead() {
		return true;
	}

	@Override
	public AutoCloseable onReady(Runnable wake) {
		return this.queue.onReady(wake);
	}

}
