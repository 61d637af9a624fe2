package io.ikigai.platform.listener;

import java.util.Map;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.queue.Task;

/**
 * A task as a message.
 */
final class TaskMessage extends HandlerMessage {

	private static final long serialVersionUID = 1L;

	private final transient Task task;

	TaskMessage(Task task) {
		super(task, task.id(), task.createdAt(), task.headers(), Map.of("queue", task.queue(), "priority",
				task.priority(), "attempt", task.attempt(), "scheduledFor", task.scheduledFor()));
		this.task = task;
	}

	@Override
	String json() {
		return this.task.json();
	}

	@Override
	<T> T payload(TypeRef<T> type) {
		return this.task.payload(type);
	}

}
