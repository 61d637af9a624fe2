package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
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

	@BeforeAll
	static void startServer() {
		rabbitmq = RabbitmqServer.dedicated();
	}

	@AfterAll
	static void stopServer() {
		rabbitmq.close();
	}

	private RabbitmqApplication start(String... properties) {
		return RabbitmqApplication.start(this.database, rabbitmq, properties);
	}

	@ParameterizedTest
	@CsvSource({ "FAST, classic, false", "FAST, classic, true", "IMMEDIATE, quorum, false" })
	void losesNothingThatWasAcceptedWhenRabbitmqRestartsUnderLoad(Shutdown shutdown, String type, boolean tracking) {
		String[] properties = { "ikigai.rabbitmq.queue-type=" + type, "ikigai.rabbitmq.tracking=" + tracking,
				"ikigai.queues.max-worker-deaths=1000" };
		try (RabbitmqApplication sender = start(properties); RabbitmqApplication worker = start(properties)) {
			RabbitmqBackend backend = sender.bean(RabbitmqBackend.class);
			RabbitmqLoad load = new RabbitmqLoad(sender, worker);
			load.awaitHandled(100);
			rabbitmq.stop(shutdown);
			assertThat(backend.condition().answers()).isFalse();
			assertThat(backend.condition().details()).containsKey("error");
			rabbitmq.start();
			await().until(() -> backend.condition().up());
			load.awaitHandled(100);
			load.finish();
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
				victim.kill();
				Task task = waiting.join().orElseThrow();
				// Its lease would have ended after an hour.
				assertThat(task.id()).isEqualTo(id);
				assertThat(task.attempt()).isEqualTo(2);
				task.complete();
			}
		}
	}

}
