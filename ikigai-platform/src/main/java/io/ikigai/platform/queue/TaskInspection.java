package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a backend implements so that people and programs can look at tasks and administer
 * them: with {@link TaskStore} the SPI behind {@link TaskQueue}. Joins the running
 * transaction where the backend is the database of that transaction. Safe for use by
 * several threads.
 */
public interface TaskInspection {

	/**
	 * Returns the progress of a task.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return the progress, if anything was told
	 */
	Optional<TaskProgress> progress(String queue, UUID id);

	/**
	 * Looks a task up.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return the task
	 */
	Optional<TaskInfo> find(String queue, UUID id);

	/**
	 * Lists tasks, the newest first.
	 * @param queue the queue's name
	 * @param state the state they are in
	 * @param limit how many at most
	 * @return the tasks
	 */
	List<TaskInfo> list(String queue, TaskState state, int limit);

	/**
	 * Lists tasks page by page, the newest first.
	 * @param queue the queue's name
	 * @param query which ones
	 * @return a page
	 */
	TaskPage find(String queue, TaskQuery query);

	/**
	 * Cancels a task that is not finished.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return whether it was cancelled
	 */
	boolean cancel(String queue, UUID id);

	/**
	 * Puts a failed task back.
	 * @param queue the queue's name
	 * @param id the task's id
	 * @return whether it was put back
	 */
	boolean redrive(String queue, UUID id);

	/**
	 * Puts all failed tasks of a queue back.
	 * @param queue the queue's name
	 * @return how many
	 */
	long redriveFailed(String queue);

	/**
	 * Stops or resumes the claiming from a queue, in every process.
	 * @param queue the queue's name
	 * @param paused whether to stop
	 */
	void pause(String queue, boolean paused);

	/**
	 * Tells whether a queue is paused.
	 * @param queue the queue's name
	 * @return whether it is
	 */
	boolean paused(String queue);

	/**
	 * Counts tasks.
	 * @return the counts of every queue that holds tasks, by its name
	 */
	Map<String, QueueStats> stats();

	/**
	 * Counts the tasks of one queue.
	 * @param queue the queue's name
	 * @return the counts
	 */
	QueueStats stats(String queue);

	/**
	 * Returns the queues that hold tasks.
	 * @return the names, sorted
	 */
	List<String> queues();

	/**
	 * Deletes finished tasks whose retention is over.
	 * @param completed how long completed and cancelled ones are kept
	 * @param failed how long failed ones are kept
	 * @return how many were deleted
	 */
	long deleteFinished(Duration completed, Duration failed);

}
