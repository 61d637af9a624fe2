package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A queue of tasks, each handled by one of many workers at least once. Payloads are any
 * value that Jackson writes as JSON, up to {@code ikigai.payload.max-size} (1 MiB).
 * <p>
 * Inside a transaction everything here belongs to it: what was enqueued is seen after the
 * commit or never, what was claimed goes back when it rolls back. Tasks of a higher
 * priority are claimed first, among equals the older. Safe for use by several threads.
 */
public interface TaskQueue {

	/**
	 * Returns the queue's name.
	 * @return the name
	 */
	String name();

	/**
	 * Enqueues a task.
	 * @param payload the payload
	 * @return the task's id
	 * @throws io.ikigai.platform.PayloadException if the payload cannot be taken
	 */
	UUID enqueue(Object payload);

	/**
	 * Enqueues a task. With a {@link TaskOptions#withUniqueKey unique key} that an
	 * unfinished task of this queue has, nothing is enqueued and that task's id returned.
	 * @param payload the payload
	 * @param options how it is to be handled
	 * @return the task's id
	 * @throws io.ikigai.platform.PayloadException if the payload cannot be taken
	 */
	UUID enqueue(Object payload, TaskOptions options);

	/**
	 * Enqueues many tasks, in one round trip per thousand: all or none on PostgreSQL and
	 * in a transaction. Elsewhere a call that fails may have stored some of them; if it
	 * is made again within ten minutes with equal payloads, those are not stored twice
	 * where the backend knows the ids of its tasks (on RabbitMQ: of tracked queues).
	 * @param payloads the payloads
	 * @return the tasks' ids in the order of the payloads
	 * @throws io.ikigai.platform.PayloadException if one of the payloads cannot be taken
	 */
	List<UUID> enqueueAll(Collection<?> payloads);

	/**
	 * Enqueues many tasks, as {@link #enqueueAll(Collection)} does.
	 * @param payloads the payloads
	 * @param options how each is to be handled; a unique key is refused
	 * @return the tasks' ids in the order of the payloads
	 * @throws io.ikigai.platform.PayloadException if one of the payloads cannot be taken
	 */
	List<UUID> enqueueAll(Collection<?> payloads, TaskOptions options);

	/**
	 * Claims the next ready task, if there is one now. Outside a transaction the claim is
	 * committed with the lease {@code ikigai.queues.lease}; a worker that needs longer
	 * calls {@link Task#extend}. Inside a transaction the claim belongs to it.
	 * @return the task
	 */
	Optional<Task> claim();

	/**
	 * Claims the next ready task, waiting for one if need be. Woken by a notification,
	 * not by polling.
	 * @param wait how long to wait at most
	 * @return the task
	 */
	Optional<Task> claim(Duration wait);

	/**
	 * Claims ready tasks, as many as there are now.
	 * @param max how many at most, from 1 to 1,000
	 * @return the tasks in the order of the queue
	 */
	List<Task> claim(int max);

	/**
	 * Looks a task up.
	 * @param id the task's id
	 * @return the task, if this queue has it
	 */
	Optional<TaskInfo> find(UUID id);

	/**
	 * Lists tasks, the newest first.
	 * @param state the state they are in
	 * @param limit how many at most, from 1 to 10,000
	 * @return the tasks
	 */
	List<TaskInfo> list(TaskState state, int limit);

	/**
	 * Finds tasks page by page, the newest first. However many there are, it takes about
	 * a quarter of a second at most, and then tells where to go on.
	 * @param query which ones
	 * @return a page
	 * @throws io.ikigai.platform.UnsupportedByBackendException if the tasks of this queue
	 * are not tracked on its backend
	 */
	TaskPage find(TaskQuery query);

	/**
	 * Returns what the task's handler last told about its progress.
	 * @param id the task's id
	 * @return the progress, if anything was told
	 */
	Optional<TaskProgress> progress(UUID id);

	/**
	 * Cancels a task that is not finished. A worker that has it finds its claim stale.
	 * @param id the task's id
	 * @return whether it was cancelled; {@code false} if it is finished or not there
	 */
	boolean cancel(UUID id);

	/**
	 * Puts a failed task back to the queue, its attempts counted anew.
	 * @param id the task's id
	 * @return whether it was put back; {@code false} if it has not failed
	 */
	boolean redrive(UUID id);

	/**
	 * Puts all failed tasks of this queue back.
	 * @return how many
	 */
	long redriveFailed();

	/**
	 * Stops the claiming from this queue in every process until {@link #resume()}. Tasks
	 * that are being worked on go on. Workers that claim by plain SQL are not stopped.
	 */
	void pause();

	/**
	 * Takes {@link #pause()} back.
	 */
	void resume();

	/**
	 * Tells whether the queue is paused.
	 * @return whether it is
	 */
	boolean paused();

	/**
	 * Counts the queue's tasks.
	 * @return the counts
	 */
	QueueStats stats();

}
