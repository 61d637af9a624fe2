package io.ikigai.platform.listener;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.TaskErrorHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Settles the tasks of one listener by what became of its handler's call. Each method
 * writes once, joins the running transaction and throws what the write throws; a task
 * that the handler settled itself is left alone.
 */
final class TaskSettlement {

	private static final Log logger = LogFactory.getLog(TaskSettlement.class);

	private final ListenerEndpoint endpoint;

	TaskSettlement(ListenerEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	void complete(ListenedTask task, @Nullable Object result) {
		if (task.settled()) {
			return;
		}
		if (result != null) {
			task.complete(result);
		}
		else {
			task.complete();
		}
	}

	/**
	 * Settles a failed attempt, or gives the task up if trying again makes no sense.
	 * @param task the task
	 * @param error what was thrown, or what {@link #ask} made of it
	 */
	void fail(ListenedTask task, Throwable error) {
		if (isStale(task, error)) {
			logger.warn(describe(task) + ": " + error.getMessage());
		}
		else if (task.settled()) {
			logger.warn(describe(task) + " failed, but is settled already", error);
		}
		else if (error instanceof PayloadException) {
			giveUp(task, error);
		}
		else if (task.failAttempt(error, this.endpoint.retry())) {
			logger.error(describe(task) + " failed and is given up: its attempts are used up", error);
		}
		else {
			logger.warn(describe(task) + " failed and is tried again", error);
		}
	}

	/**
	 * Gives up a task of which no handler can make sense.
	 * @param task the task
	 * @param error why
	 */
	void giveUp(ListenedTask task, Throwable error) {
		task.fail(error);
		logger.error(describe(task) + " is given up: its payload or result does not fit", error);
	}

	/**
	 * Asks the error handler, once for each error.
	 * @param task the task
	 * @param error what was thrown
	 * @return that, or what the error handler threw instead
	 */
	Throwable ask(ListenedTask task, Throwable error) {
		TaskErrorHandler handler = this.endpoint.errorHandler();
		if (handler == null || task.settled() || isStale(task, error) || error instanceof PayloadException) {
			return error;
		}
		try {
			handler.handle(task, error);
			return error;
		}
		catch (Exception ex) {
			if (ex != error && ex.getCause() != error) {
				ex.addSuppressed(error);
			}
			return ex;
		}
	}

	static boolean isStale(ListenedTask task, Throwable error) {
		return error instanceof StaleClaimException stale && stale.taskId().equals(task.id());
	}

	String describe(ListenedTask task) {
		return "Task %s of queue '%s' (attempt %d, listener '%s')".formatted(task.id(), task.queue(), task.attempt(),
				this.endpoint.id());
	}

}
