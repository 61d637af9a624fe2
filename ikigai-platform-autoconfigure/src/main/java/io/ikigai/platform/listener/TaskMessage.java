package io.ikigai.platform.listener;

import java.util.Map;

import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.Task;

import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/**
 * A task as a spring-messaging message, for the argument resolvers.
 */
final class TaskMessage extends GenericMessage<ListenedTask> {

	private static final long serialVersionUID = 1L;

	TaskMessage(ListenedTask task) {
		super(task, new Headers(task));
	}

	/**
	 * The headers of the task, and what is known about it. {@code id} is the task's own.
	 */
	private static final class Headers extends MessageHeaders {

		private static final long serialVersionUID = 1L;

		Headers(Task task) {
			super(Map.of(), task.id(), task.createdAt().toEpochMilli());
			Map<String, Object> raw = getRawHeaders();
			raw.putAll(task.headers());
			raw.put(ID, task.id());
			raw.put("queue", task.queue());
			raw.put("priority", task.priority());
			raw.put("attempt", task.attempt());
			raw.put("createdAt", task.createdAt());
			raw.put("scheduledFor", task.scheduledFor());
		}

	}

}
