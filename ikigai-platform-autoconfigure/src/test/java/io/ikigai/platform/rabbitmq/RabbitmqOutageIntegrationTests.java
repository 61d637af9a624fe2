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
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqCluster;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Task queues while RabbitMQ is away, and when a worker is killed.
 */
class RabbitmqOutageIntegrationTests {

	private static RabbitmqServer rabbitmq;

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();

	private final Set<UUID> handled = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean over = new AtomicBoolean();

	private final AtomicBoolean done = new AtomicBoolean();

	@BeforeAll
	static void startServer() {
		rabbitmq = RabbitmqServer.dedicated();
	}

	@AfterAll
	static void stopServer() {
		rabbitmq.close();
	}

	private RabbitmqApplication start(String... properties) {
		return startOn(rabbitmq.url(), properties);
	}

	private RabbitmqApplication startOn(String url, String... properties) {
		return RabbitmqApplication.start(RabbitmqApplication.Application.class, this.database,
				"ikigai.rabbitmq.url=" + url, properties);
	}

	@ParameterizedTest
	@CsvSource({ "FAST, classic, false", "FAST, classic, true", "IMMEDIATE, quorum, false" })
	void losesNothingThatWasAcceptedWhenRabbitmqRestartsUnderLoad(Shutdown shutdown, String type, boolean tracking) {
		String[] properties = { "ikigai.rabbitmq.queue-type=" + type, "ikigai.rabbitmq.tracking=" + tracking,
				"ikigai.queues.max-worker-deaths=1000" };
		String queue = "load-" + UUID.randomUUID();
		try (RabbitmqApplication sender = start(properties); RabbitmqApplication worker = start(properties)) {
			RabbitmqBackend backend = sender.bean(RabbitmqBackend.class);
			CompletableFuture<Void> working = CompletableFuture.runAsync(() -> work(worker, queue));
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(sender, queue));
			await().until(() -> this.handled.size() > 100);
			rabbitmq.stop(shutdown);
			assertThat(backend.condition().answers()).isFalse();
			assertThat(backend.condition().details()).containsKey("error");
			rabbitmq.start();
			await().until(() -> backend.condition().up());
			int before = this.handled.size();
			await().until(() -> this.handled.size() > before + 100);
			this.over.set(true);
			sending.join();
			await().until(() -> this.handled.containsAll(this.accepted));
			this.done.set(true);
			working.join();
		}
	}

	@Test
	void losesNothingWhenServersOfAClusterAreKilledInTurn() {
		String[] properties = { "ikigai.rabbitmq.queue-type=quorum", "ikigai.queues.max-worker-deaths=1000" };
		try (RabbitmqCluster cluster = new RabbitmqCluster();
				RabbitmqApplication sender = startOn(cluster.url(), properties);
				RabbitmqApplication worker = startOn(cluster.url(), properties)) {
			CompletableFuture<Void> working = CompletableFuture.runAsync(() -> work(worker, "load"));
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(sender, "load"));
			for (int node = 1; node <= 3; node++) {
				int before = this.handled.size();
				await().until(() -> this.handled.size() > before + 50);
				cluster.stop(node, Shutdown.IMMEDIATE);
				int without = this.handled.size();
				await().until(() -> this.handled.size() > without + 50);
				cluster.start(node);
			}
			this.over.set(true);
			sending.join();
			await().until(() -> this.handled.containsAll(this.accepted));
			this.done.set(true);
			working.join();
		}
	}

	private void send(RabbitmqApplication sender, String queue) {
		for (int number = 1; !this.over.get(); number++) {
			int sent = number;
			if (this.accepted.size() - this.handled.size() > 300) {
				// What waits in the outbox has to be handled in the end
				await().until(() -> this.over.get() || this.accepted.size() - this.handled.size() < 100);
			}
			try {
				UUID id = switch (number % 3) {
					case 0 -> sender.platform().transaction(() -> sender.platform().queue(queue).enqueue(sent));
					case 1 -> sender.platform()
						.queue(queue)
						.enqueue(sent, TaskOptions.of().withDelay(Duration.ofMillis(500)));
					default -> sender.platform().queue(queue).enqueue(sent);
				};
				this.accepted.add(id);
			}
			catch (RuntimeException ex) {
				// Refused: whether it arrives is not promised
				awaitBroker(sender);
			}
		}
	}

	private static void awaitBroker(RabbitmqApplication application) {
		await().until(() -> application.bean(RabbitmqBackend.class).condition().answers());
	}

	private void work(RabbitmqApplication worker, String queue) {
		while (!this.done.get()) {
			try {
				Optional<Task> task = worker.platform().queue(queue).claim(Duration.ofSeconds(1));
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

	@Test
	void wakesWhoWaitedWhileRabbitmqWasAway() {
		try (RabbitmqApplication sender = start(); RabbitmqApplication worker = start()) {
			CompletableFuture<Optional<Task>> waiting = CompletableFuture
				.supplyAsync(() -> worker.platform().queue("waiting").claim(Waits.LIMIT));
			sender.platform().queue("waiting").enqueue("wakes");
			waiting.join().orElseThrow().complete();
			CompletableFuture<Optional<Task>> waitingOn = CompletableFuture
				.supplyAsync(() -> worker.platform().queue("waiting").claim(Waits.LIMIT));
			rabbitmq.stop(Shutdown.FAST);
			rabbitmq.start();
			UUID id = sender.platform().transaction(() -> sender.platform().queue("waiting").enqueue("x"));
			assertThat(waitingOn.exceptionally((ex) -> worker.platform().queue("waiting").claim(Waits.LIMIT)).join())
				.map(Task::id)
				.contains(id);
		}
	}

	@ParameterizedTest
	@CsvSource({ "false", "true" })
	void handsTheTasksOfAKilledWorkerToOthersAtOnce(boolean tracking) throws Exception {
		String queue = "killed-" + tracking;
		try (RabbitmqApplication application = start("ikigai.rabbitmq.tracking=" + tracking)) {
			UUID id = application.platform().queue(queue).enqueue("x");
			try (ClaimingProcess victim = ClaimingProcess.start(this.database, rabbitmq, queue)) {
				victim.awaitClaim();
				assertThat(application.platform().queue(queue).claim()).isEmpty();
				CompletableFuture<Optional<Task>> waiting = CompletableFuture
					.supplyAsync(() -> application.platform().queue(queue).claim(Waits.LIMIT));
				long killed = System.nanoTime();
				victim.kill();
				Task task = waiting.join().orElseThrow();
				assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(5));
				assertThat(task.id()).isEqualTo(id);
				assertThat(task.attempt()).isEqualTo(2);
				task.complete();
			}
		}
	}

}
