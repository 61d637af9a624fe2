package io.ikigai.platform.listener;

import java.util.Map;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.queue.Task;

/**
 * A task as a message.
 */
final class TaskMessage extends HandlerMessage {

	private final Task task;

	TaskMessage(Task task) {
		super(task, task.id(), task.createdAt());
		this.task = task;
	}

	@Override
	Map<String, String> received() {
		return this.task.headers();
	}

	@Override
	Map<String, Object> known() {
		return Map.of("queue", this.task.queue(), "priority", this.task.priority(), "attempt", this.task.attempt(),
				"scheduledFor", this.task.scheduledFor());
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
