package io.ikigai.platform.stream;

import java.util.List;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.queue.Task;
import org.jspecify.annotations.Nullable;

/**
 * Handles the tasks of a queue by handing them to a binding's channel.
 *
 * @param inbound makes messages of them
 * @param delivery hands the messages over
 * @param deadLetters gets what is given up, if there is such a queue
 * @param batched whether the channel gets several at once
 * @param transactional whether attempts are made by the queue, each in a transaction that
 * is undone when it fails
 */
record QueueHandling(Inbound inbound, Delivery delivery, @Nullable DeadLetterQueue deadLetters, boolean batched,
		boolean transactional) {

	void handle(Task task) throws Exception {
		handleAll(List.of(task));
	}

	void handleAll(List<Task> tasks) throws Exception {
		if (this.transactional) {
			this.delivery.attempt(this.batched ? this.inbound.batch(tasks) : this.inbound.message(tasks.get(0)));
		}
		else {
			this.delivery.deliver(this.batched ? this.inbound.batch(tasks) : this.inbound.message(tasks.get(0)));
		}
	}

	@DeadLetterHandler
	void givenUp(Task task, Throwable error) {
		if (this.deadLetters != null) {
			this.deadLetters.add(task.queue(), task.json(), task.headers(), error);
		}
		if (this.transactional) {
			// Not before: what is told of an attempt would be undone with it
			this.delivery.tellInVain(this.inbound.message(task), error);
		}
	}

}
