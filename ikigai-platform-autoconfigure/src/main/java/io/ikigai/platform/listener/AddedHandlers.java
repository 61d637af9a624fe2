package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.PublishedMessage;
import io.ikigai.platform.queue.Task;

/**
 * Handlers of listeners that a program adds, as the methods that the annotated ones are.
 */
final class AddedHandlers {

	private AddedHandlers() {
	}

	static ListenerEndpoint endpoint(AddedTaskListener listener) {
		Object bean = (listener.batch() > 0) ? new OfBatches(listener.handler()) : new OfTasks(listener.handler());
		return endpoint(listener.id(), ListenerKind.QUEUE, listener.queue(), bean, listener.concurrency());
	}

	static ListenerEndpoint endpoint(AddedMailboxListener listener) {
		return endpoint(listener.id(), ListenerKind.MAILBOX, listener.mailbox(), new OfMail(listener.handler()),
				new Concurrency(0, 1));
	}

	static ListenerEndpoint endpoint(AddedTopicListener listener) {
		return endpoint(listener.id(), ListenerKind.TOPIC, listener.topic(), new OfTopics(listener.handler()),
				new Concurrency(0, 1));
	}

	private static ListenerEndpoint endpoint(String id, ListenerKind kind, String destination, Object bean,
			Concurrency concurrency) {
		Method method = Stream.of(bean.getClass().getDeclaredMethods())
			.filter((each) -> each.getName().equals("handle"))
			.findFirst()
			.orElseThrow();
		// Whoever adds it starts it
		return new ListenerEndpoint(id, kind, destination, new Handler(bean, id, bean.getClass(), method, method),
				concurrency, false, null);
	}

	/**
	 * Handles tasks one by one.
	 *
	 * @param handler the program's handler
	 */
	record OfTasks(AddedTaskListener.Handler handler) {

		void handle(Task task) throws Exception {
			this.handler.handle(List.of(task));
		}

		@DeadLetterHandler
		void givenUp(Task task, Throwable error) {
			this.handler.givenUp(task, error);
		}

	}

	/**
	 * Handles tasks in batches.
	 *
	 * @param handler the program's handler
	 */
	record OfBatches(AddedTaskListener.Handler handler) {

		void handle(List<Task> tasks) throws Exception {
			this.handler.handle(tasks);
		}

		@DeadLetterHandler
		void givenUp(Task task, Throwable error) {
			this.handler.givenUp(task, error);
		}

	}

	/**
	 * Handles the messages of a mailbox.
	 *
	 * @param handler the program's handler
	 */
	record OfMail(AddedMailboxListener.Handler handler) {

		void handle(MailboxMessage message) throws Exception {
			this.handler.handle(message);
		}

		@DeadLetterHandler
		void givenUp(MailboxMessage message, Throwable error) {
			this.handler.givenUp(message, error);
		}

	}

	/**
	 * Handles what is published.
	 *
	 * @param handler the program's handler
	 */
	record OfTopics(AddedTopicListener.Handler handler) {

		void handle(PublishedMessage message) throws Exception {
			this.handler.handle(message);
		}

	}

}
