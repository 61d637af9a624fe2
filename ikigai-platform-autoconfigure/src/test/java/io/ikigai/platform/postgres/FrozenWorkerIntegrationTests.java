package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What comes of a worker that is frozen past its lease and goes on: its connections, and
 * with them its lock, are there all the time.
 */
class FrozenWorkerIntegrationTests {

	private static PostgresDatabase database;

	private static LocalAgent other;

	private AgentProcess worker;

	@BeforeAll
	static void start() throws Exception {
		database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		other = LocalAgent.start(database, "other");
	}

	@AfterAll
	static void stop() {
		other.close();
	}

	@BeforeEach
	void startWorker() throws Exception {
		this.worker = AgentProcess.start(database, "frozen");
		this.worker.await("ready");
	}

	@AfterEach
	void stopWorker() throws Exception {
		this.worker.thaw();
		this.worker.close();
	}

	@Test
	void refusesCompletionOfWorkerFrozenBeforeIt() throws Exception {
		UUID id = other.queue("before").enqueue(Map.of());
		this.worker.tell("claim before 2").await("claimed");
		this.worker.freeze();
		Task task = claimByOther("before");
		this.worker.thaw();
		this.worker.tell("complete").await("refused StaleClaimException");
		completeByOther(task, id);
	}

	@Test
	void refusesCompletionOfWorkerFrozenUntilOtherHadCompleted() throws Exception {
		UUID id = other.queue("after").enqueue(Map.of());
		this.worker.tell("claim after 2").await("claimed");
		this.worker.freeze();
		completeByOther(claimByOther("after"), id);
		this.worker.thaw();
		this.worker.tell("complete").await("refused StaleClaimException");
		assertThat(other.effects(id)).isEqualTo(1);
	}

	@Test
	void rollsBackWritesOfWorkerFrozenInsideCompletingTransaction() throws Exception {
		UUID id = other.queue("inside").enqueue(Map.of());
		this.worker.tell("claim inside 2").await("claimed");
		this.worker.tell("complete-after-go").await("inside");
		this.worker.freeze();
		Task task = claimByOther("inside");
		this.worker.thaw();
		// Its connection is gone, or its claim is stale: it depends on which comes first.
		this.worker.tell("go").await("refused");
		completeByOther(task, id);
	}

	@Test
	void freesTaskThatWorkerFrozenInsideTransactionHadClaimed() throws Exception {
		UUID id = other.queue("claimed-inside").enqueue(Map.of());
		this.worker.tell("short-transaction-until-go claimed-inside").await("inside");
		this.worker.freeze();
		Task task = other.queue("claimed-inside").claim(Duration.ofSeconds(20)).orElseThrow();
		assertThat(task.attempt()).isEqualTo(1);
		this.worker.thaw();
		this.worker.tell("go").await("refused");
		completeByOther(task, id);
	}

	private static Task claimByOther(String queue) {
		Task task = other.queue(queue).claim(Duration.ofSeconds(20)).orElseThrow();
		assertThat(task.attempt()).isEqualTo(2);
		return task;
	}

	private static void completeByOther(Task task, UUID id) {
		assertThat(task.id()).isEqualTo(id);
		task.complete(() -> other.recordEffect(id));
		assertThat(other.effects(id)).isEqualTo(1);
		assertThat(other.queue(task.queue()).find(id).orElseThrow().state()).isEqualTo(TaskState.COMPLETED);
	}

}
