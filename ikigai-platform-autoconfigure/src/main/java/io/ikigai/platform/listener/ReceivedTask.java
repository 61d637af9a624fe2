package io.ikigai.platform.listener;

import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.TaskErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A task that was claimed for a listener.
 */
final class ReceivedTask implements Received {

	private final ListenedTask task;

	private final TaskEndpoint endpoint;

	private final @Nullable DeadLetters deadLetters;

	ReceivedTask(ListenedTask task, TaskEndpoint endpoint, @Nullable DeadLetters deadLetters) {
		this.task = task;
		this.endpoint = endpoint;
		this.deadLetters = deadLetters;
	}

	ListenedTask task() {
		return this.task;
	}

	@Override
	public HandlerMessage message() {
		return new TaskMessage(this.task);
	}

	@Override
	public void begin() {
		this.task.handledBy(this.endpoint.id());
	}

	@Override
	public boolean settled() {
		return this.task.settled();
	}

	@Override
	public void beginSettling() {
		this.task.beginSettling();
	}

	@Override
	public void complete(@Nullable Object result) {
		if (this.task.settled()) {
			return;
		}
		SentResult results = this.endpoint.listener().results();
		if (result != null && results != null) {
			this.task.complete(() -> {
				results.send(result);
				return result;
			});
		}
		else if (result != null) {
			this.task.complete(result);
		}
		else {
			this.task.complete();
		}
	}

	@Override
	public boolean failAttempt(Throwable error) {
		if (this.deadLetters == null) {
			return this.task.failAttempt(error, this.endpoint.retry());
		}
		return this.deadLetters.settle(this, error, () -> this.task.failAttempt(error, this.endpoint.retry()));
	}

	@Override
	public void giveUp(Throwable error) {
		if (this.deadLetters == null) {
			this.task.fail(error);
			return;
		}
		this.deadLetters.settle(this, error, () -> {
			this.task.fail(error);
			return true;
		});
	}

	@Override
	public void release() {
		this.task.release();
	}

	@Override
	public void abandon() {
		this.task.abandon();
	}

	@Override
	public void askErrorHandler(Throwable error) throws Exception {
		TaskErrorHandler handler = this.endpoint.errorHandler();
		if (handler != null) {
			handler.handle(this.task, error);
		}
	}

	@Override
	public boolean isStale(Throwable error) {
		return error instanceof StaleClaimException stale && stale.taskId().equals(this.task.id());
	}

	@Override
	public String describe() {
		return "Task %s of queue '%s' (attempt %d, listener '%s')".formatted(this.task.id(), this.task.queue(),
				this.task.attempt(), this.endpoint.id());
	}

}
