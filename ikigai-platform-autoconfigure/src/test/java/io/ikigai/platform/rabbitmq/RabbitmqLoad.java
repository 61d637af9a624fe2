package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;

import static io.ikigai.platform.testing.Waits.await;

/**
 * A sender and a worker that keep a queue busy, whatever becomes of RabbitMQ meanwhile.
 * At its end every accepted task must have been handled.
 */
final class RabbitmqLoad {

	private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();

	private final Set<UUID> handled = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean over = new AtomicBoolean();

	private final AtomicBoolean done = new AtomicBoolean();

	private final String queue = "load-" + UUID.randomUUID();

	private final CompletableFuture<Void> working;

	private final CompletableFuture<Void> sending;

	/**
	 * Starts to send and to work.
	 */
	RabbitmqLoad(RabbitmqApplication sender, RabbitmqApplication worker) {
		this.working = CompletableFuture.runAsync(() -> work(worker));
		this.sending = CompletableFuture.runAsync(() -> send(sender));
	}

	/**
	 * Waits until so many further tasks have been handled.
	 */
	void awaitHandled(int further) {
		int before = this.handled.size();
		await().until(() -> this.handled.size() > before + further);
	}

	/**
	 * Ends the sending, and waits until every accepted task has been handled.
	 */
	void finish() {
		this.over.set(true);
		this.sending.join();
		await().until(() -> this.handled.containsAll(this.accepted));
		this.done.set(true);
		this.working.join();
	}

	private void send(RabbitmqApplication sender) {
		for (int number = 1; !this.over.get(); number++) {
			int sent = number;
			if (this.accepted.size() - this.handled.size() > 300) {
				// What waits in the outbox has to be handled in the end
				await().until(() -> this.over.get() || this.accepted.size() - this.handled.size() < 100);
			}
			try {
				UUID id = switch (number % 3) {
					case 0 -> sender.platform().transaction(() -> sender.platform().queue(this.queue).enqueue(sent));
					case 1 -> sender.platform()
						.queue(this.queue)
						.enqueue(sent, TaskOptions.of().withDelay(Duration.ofMillis(500)));
					default -> sender.platform().queue(this.queue).enqueue(sent);
				};
				this.accepted.add(id);
			}
			catch (RuntimeException ex) {
				// Refused: whether it arrives is not promised
				awaitBroker(sender);
			}
		}
	}

	private void work(RabbitmqApplication worker) {
		while (!this.done.get()) {
			try {
				Optional<Task> task = worker.platform().queue(this.queue).claim(Duration.ofSeconds(1));
				task.ifPresent((claimed) -> {
					claimed.complete();
					this.handled.add(claimed.id());
				});
			}
			catch (RuntimeException ex) {
				// Comes again
				awaitBroker(worker);
			}
		}
	}

	private static void awaitBroker(RabbitmqApplication application) {
		await().until(() -> application.bean(RabbitmqBackend.class).condition().answers());
	}

}
