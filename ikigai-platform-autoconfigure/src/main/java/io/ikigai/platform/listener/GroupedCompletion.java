package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.queue.FinishedTask;
import io.ikigai.platform.queue.ListenedTaskQueue;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Completes what the handlers of one listener have returned from, all that gathered
 * during one write with the next: under load a flush is shared by hundreds of tasks,
 * while idle one task does not wait. The workers go on meanwhile.
 */
final class GroupedCompletion implements Completion<ReceivedTask> {

	private static final Log logger = LogFactory.getLog(GroupedCompletion.class);

	private static final int TASKS_PER_WRITE = 500;

	/** When so many wait to be written, workers write themselves and so slow down. */
	private static final int MOST_WAITING = 2000;

	private final ListenedTaskQueue queue;

	private final Queue<Returned> returned = new ConcurrentLinkedQueue<>();

	private final AtomicInteger count = new AtomicInteger();

	GroupedCompletion(ListenedTaskQueue queue) {
		this.queue = queue;
	}

	@Override
	public void complete(ReceivedTask task, @Nullable Object result, LeasedSettlement settlement, ListenerRun run) {
		if (task.settled()) {
			return;
		}
		if (this.count.get() >= MOST_WAITING) {
			settlement.complete(task, result);
			return;
		}
		FinishedTask finished;
		try {
			finished = task.task().finished(result);
		}
		catch (RuntimeException ex) {
			settlement.fail(List.of(task), ex);
			return;
		}
		run.beginSettling();
		this.returned.add(new Returned(task, finished, result, settlement, run));
		if (this.count.getAndIncrement() == 0) {
			execute(run, this::writeAll);
		}
	}

	private static void execute(ListenerRun run, Runnable work) {
		try {
			run.execute(work);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The run has ended; its last completions are written here", ex);
			work.run();
		}
	}

	private void writeAll() {
		int written = 0;
		do {
			List<Returned> batch = new ArrayList<>();
			while (batch.size() < TASKS_PER_WRITE && this.returned.peek() != null) {
				batch.add(this.returned.remove());
			}
			write(batch);
			written = batch.size();
		}
		while (this.count.addAndGet(-written) != 0);
	}

	private void write(List<Returned> batch) {
		List<Returned> rest = batch;
		boolean together = true;
		while (together && rest.size() > 1) {
			try {
				List<Returned> left = writeTogether(rest);
				if (left.size() == rest.size()) {
					// The half without the trouble is written
					int half = rest.size() / 2;
					write(rest.subList(0, half));
					write(rest.subList(half, rest.size()));
					return;
				}
				rest = left;
				together = false;
			}
			catch (RuntimeException ex) {
				// By itself, the first one waits for a database that is away, and tells
				logger.debug("Completions cannot be written together", ex);
				rest.get(0).completeAlone();
				rest = rest.subList(1, rest.size());
			}
		}
		// In threads of their own, for their rows may be locked for long
		rest.forEach((one) -> execute(one.run, one::completeAlone));
	}

	private List<Returned> writeTogether(List<Returned> batch) {
		Set<FinishedTask> uncompleted = Collections.newSetFromMap(new IdentityHashMap<>());
		uncompleted.addAll(this.queue.completeAll(batch.stream().map(Returned::finished).toList()));
		List<Returned> rest = new ArrayList<>();
		for (Returned one : batch) {
			if (uncompleted.contains(one.finished)) {
				rest.add(one);
			}
			else {
				one.run.endSettling();
			}
		}
		return rest;
	}

	/**
	 * A task whose handler has returned.
	 *
	 * @param task the task
	 * @param finished its completion
	 * @param result what the handler returned
	 * @param settlement settles it if need be
	 * @param run the run that waits for it
	 */
	private record Returned(ReceivedTask task, FinishedTask finished, @Nullable Object result,
			LeasedSettlement settlement, ListenerRun run) {

		void completeAlone() {
			try {
				this.settlement.complete(this.task, this.result);
			}
			catch (RuntimeException ex) {
				logger.error("A task could not be settled; it is claimable when its lease ends", ex);
			}
			finally {
				this.run.endSettling();
			}
		}

	}

}
