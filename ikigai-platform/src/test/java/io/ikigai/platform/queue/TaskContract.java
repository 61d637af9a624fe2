package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.BeforeEach;

import static io.ikigai.platform.testing.Waits.await;

/**
 * What the classes of the compatibility kit of task queues share. A backend passes the
 * kit with one subclass of each {@code …ContractTests} of this package.
 */
public abstract class TaskContract {

	private TaskQueue queue;

	/**
	 * Returns a platform whose queues run on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	@BeforeEach
	void freshQueue() {
		this.queue = platform().queue("contract-" + UUID.randomUUID());
	}

	/**
	 * Returns a queue that no other test uses.
	 * @return the queue, empty when the test begins
	 */
	protected TaskQueue queue() {
		return this.queue;
	}

	Task claimed(Object payload) {
		this.queue.enqueue(payload);
		return this.queue.claim().orElseThrow();
	}

	/**
	 * Ends a claim as a worker does that is gone, and waits until the task is back.
	 */
	Task lost(Task task) {
		task.extend(Duration.ofSeconds(1));
		await().until(() -> state(task.id()) == TaskState.READY);
		return task;
	}

	TaskInfo info(UUID id) {
		return this.queue.find(id).orElseThrow();
	}

	TaskState state(UUID id) {
		return info(id).state();
	}

	/**
	 * Asks outside the caller's transaction.
	 */
	static <T> T elsewhere(Supplier<T> question) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		new Thread(() -> {
			try {
				answer.complete(question.get());
			}
			catch (Throwable ex) {
				answer.completeExceptionally(ex);
			}
		}, "elsewhere").start();
		try {
			return answer.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	/**
	 * Thrown by work that is meant to fail.
	 */
	static final class Deliberate extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Deliberate() {
			super("deliberate");
		}

	}

}
