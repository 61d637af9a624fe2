package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code kill -9} of a worker does to its tasks. Leases are long and waiting claims
 * do not poll: only the death itself brings the tasks back.
 */
class WorkerDeathIntegrationTests {

	private static PostgresDatabase database;

	private static LocalAgent survivor;

	@BeforeAll
	static void start() throws Exception {
		database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		survivor = LocalAgent.start(database, "survivor", "ikigai.queues.poll-interval=10m",
				"ikigai.queues.max-worker-deaths=2");
		// Locks say nothing so soon after the server's start.
		await().until(() -> "t"
			.equals(database.queryForText("SELECT now() - pg_postmaster_start_time() > interval '10 seconds'")));
	}

	@AfterAll
	static void stop() {
		survivor.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "nothing", "complete-after-go", "complete-after-sleep" })
	void takesBackTaskOfKilledWorker(String doing) throws Exception {
		UUID id = survivor.queue(doing).enqueue(Map.of());
		try (AgentProcess victim = AgentProcess.start(database, "victim")) {
			victim.await("ready");
			victim.tell("claim " + doing + " 600").await("claimed " + id + " 1");
			if (!doing.equals("nothing")) {
				victim.tell(doing).await("inside");
			}
			Task task = takeoverAfterKill(victim, doing);
			assertThat(task.attempt()).isEqualTo(2);
			assertThat(deaths(id)).isEqualTo(1);
			assertThat(survivor.effects(id)).isZero();
			task.complete(() -> survivor.recordEffect(id));
			assertThat(survivor.effects(id)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "transaction-until-go", "transaction-with-sleep" })
	void rollsBackClaimInTransactionOfKilledWorker(String doing) throws Exception {
		UUID id = survivor.queue(doing).enqueue(Map.of());
		try (AgentProcess victim = AgentProcess.start(database, "victim")) {
			victim.await("ready");
			victim.tell(doing + " " + doing).await("inside");
			Task task = takeoverAfterKill(victim, doing);
			assertThat(task.attempt()).as("the attempt is rolled back too").isEqualTo(1);
			assertThat(survivor.effects(id)).isZero();
			task.complete(() -> survivor.recordEffect(id));
			assertThat(survivor.effects(id)).isEqualTo(1);
		}
	}

	@Test
	void givesUpTaskThatKeepsKillingWorkers() throws Exception {
		UUID id = survivor.queue("poison").enqueue(Map.of());
		try (AgentProcess first = AgentProcess.start(database, "victim");
				AgentProcess second = AgentProcess.start(database, "victim")) {
			first.await("ready");
			second.await("ready");
			first.tell("claim poison 600").await("claimed");
			first.kill();
			second.tell("claim poison 600").await("claimed " + id + " 2");
			second.kill();
			await().until(() -> find("poison", id).state() == TaskState.FAILED);
			assertThat(find("poison", id).error()).contains("2 times");
			assertThat(find("poison", id).claimedBy()).isEqualTo("victim");
			assertThat(survivor.queue("poison").claim()).isEmpty();
		}
	}

	@Test
	void doesNotCountDeathAsFailedAttempt() throws Exception {
		UUID id = survivor.queue("unlucky").enqueue(Map.of(), TaskOptions.of().withMaxAttempts(2));
		try (AgentProcess victim = AgentProcess.start(database, "victim")) {
			victim.await("ready");
			victim.tell("claim unlucky 600").await("claimed");
			victim.kill();
			RetryPolicy policy = new RetryPolicy(1, Duration.ofMillis(1), 1, Duration.ofMillis(1), Duration.ZERO);
			ListenedTask task = survivor.awaitTask("unlucky", 30);
			assertThat(task.failAttempt(new IllegalStateException("first"), policy)).isFalse();
			task = survivor.awaitTask("unlucky", 30);
			assertThat(task.attempt()).isEqualTo(3);
			assertThat(task.failAttempt(new IllegalStateException("second"), policy)).isTrue();
			assertThat(find("unlucky", id).state()).isEqualTo(TaskState.FAILED);
		}
	}

	private static Task takeoverAfterKill(AgentProcess victim, String queue) throws Exception {
		assertThat(survivor.queue(queue).claim()).isEmpty();
		victim.kill();
		return survivor.queue(queue).claim(Waits.LIMIT).orElseThrow();
	}

	private static TaskInfo find(String queue, UUID id) {
		return survivor.queue(queue).find(id).orElseThrow();
	}

	private static int deaths(UUID id) {
		return survivor.count("SELECT deaths FROM task_queue WHERE id = ?", id);
	}

}
