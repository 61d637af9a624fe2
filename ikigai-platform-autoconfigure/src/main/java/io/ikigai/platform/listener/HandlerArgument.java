package io.ikigai.platform.listener;

import org.jspecify.annotations.Nullable;

/**
 * Makes one argument of a handler for a task.
 */
@FunctionalInterface
interface HandlerArgument {

	/**
	 * Makes the argument.
	 * @param message the task
	 * @return the argument
	 * @throws Exception if the task does not fit
	 */
	@Nullable Object read(TaskMessage message) throws Exception;

}
