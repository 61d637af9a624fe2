package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.ikigai.platform.queue.FinishedTask;
import io.ikigai.platform.queue.ListenedTaskQueue;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Completes what the handlers of one listener have returned from, all that gathered
 * during one write and the pause after it with the next: under load a flush is shared by
 * hundreds of tasks, while idle one task does not wait. The workers go on meanwhile.
 */
final class GroupedCompletion implements Completion<ReceivedTask> {

	private static final Log logger = LogFactory.getLog(GroupedCompletion.class);

	private static final int TASKS_PER_WRITE = 500;

	private static final int ENOUGH = 2 * TASKS_PER_WRITE;

	private static final int PAUSES = 2;

	private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/** When so many wait to be written, workers write too, and so slow down. */
	private static final int MOST_WAITING = 2000;

	private final ListenedTaskQueue queue;

	private final Queue<Returned> returned = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicBoolean writing = new AtomicBoolean();

	GroupedCompletion(ListenedTaskQueue queue) {
		this.queue = queue;
	}

	@Override
	public void complete(ReceivedTask task, @Nullable Object result, LeasedSettlement settlement, ListenerRun run) {
		if (task.settled()) {
			return;
		}
		FinishedTask finished;
		try {
			finished = task.task().finished(result);
		}
		catch (RuntimeException | Error ex) {
			settlement.fail(List.of(task), ex);
			return;
		}
		run.beginSettling();
		this.returned.add(new Returned(task, finished, result, settlement, run));
		if (this.waiting.incrementAndGet() > MOST_WAITING) {
			write(next());
		}
		else if (this.writing.compareAndSet(false, true)) {
			execute(run, this::writeAll);
		}
	}

	private static void execute(ListenerRun run, Runnable work) {
		try {
			run.execute(work);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			logger.debug("The run has ended, or there is no further thread; completions are written here", ex);
			work.run();
		}
	}

	private void writeAll() {
		do {
			try {
				for (List<Returned> batch = next(); !batch.isEmpty(); batch = next()) {
					long began = System.nanoTime();
					write(batch);
					if (this.waiting.get() < ENOUGH) {
						// The next ones are worth their round trip when some have
						// gathered
						LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, PAUSES * (System.nanoTime() - began)));
					}
				}
			}
			finally {
				this.writing.set(false);
			}
		}
		while (!this.returned.isEmpty() && this.writing.compareAndSet(false, true));
	}

	private List<Returned> next() {
		List<Returned> batch = new ArrayList<>();
		while (batch.size() < TASKS_PER_WRITE) {
			Returned next = this.returned.poll();
			if (next == null) {
				break;
			}
			batch.add(next);
		}
		this.waiting.addAndGet(-batch.size());
		return batch;
	}

	private void write(List<Returned> batch) {
		List<Returned> rest = batch;
		try {
			rest = writeTogether(batch);
			if (rest.size() > 1 && rest.size() == batch.size()) {
				// The half without the trouble is written
				int half = rest.size() / 2;
				write(rest.subList(0, half));
				write(rest.subList(half, rest.size()));
				return;
			}
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Completions cannot be written together", ex);
			// By itself, the first one waits for a database that is away, and tells
			rest.get(0).completeAlone();
			if (rest.size() > 1) {
				write(rest.subList(1, rest.size()));
			}
			return;
		}
		// In threads of their own, for their rows may be locked for long
		rest.forEach((one) -> execute(one.run, one::completeAlone));
	}

	/**
	 * Writes completions.
	 * @return those that were not written
	 */
	private List<Returned> writeTogether(List<Returned> batch) {
		List<FinishedTask> left = this.queue.completeAll(batch.stream().map(Returned::finished).toList());
		List<Returned> rest = new ArrayList<>(left.size());
		for (Returned one : batch) {
			if (rest.size() < left.size() && left.get(rest.size()) == one.finished) {
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
			catch (RuntimeException | Error ex) {
				this.task.abandon();
				logger.error(this.task.describe() + " cannot be settled; it comes again when its lease ends", ex);
			}
			finally {
				this.run.endSettling();
			}
		}

	}

}
