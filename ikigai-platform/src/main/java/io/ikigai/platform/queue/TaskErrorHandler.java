package io.ikigai.platform.queue;

/**
 * Asked when a handler threw, before the platform decides about the task. It may settle
 * the task itself; a task that it leaves unsettled is tried again or failed as the
 * listener's retry policy says. Throwing replaces the error. A bean of this type is named
 * by {@link IkigaiTaskListener#errorHandler()}; it must be safe for use by several
 * threads.
 */
@FunctionalInterface
public interface TaskErrorHandler {

	/**
	 * Handles the error.
	 * @param task the task
	 * @param error what the handler threw
	 * @throws Exception to replace the error
	 */
	void handle(Task task, Throwable error) throws Exception;

}
