package io.ikigai.platform.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transactions that complete tasks and are stricter or longer than usual. Leases are so
 * short that they are extended several times meanwhile.
 */
class SettlingTransactionIntegrationTests {

	private static final int LEASE_SECONDS = 2;

	private static LocalAgent agent;

	private static LocalAgent other;

	@BeforeAll
	static void start() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		agent = LocalAgent.start(database, "agent");
		other = LocalAgent.start(database, "other");
	}

	@AfterAll
	static void stop() {
		agent.close();
		other.close();
	}

	@ParameterizedTest
	@ValueSource(
			ints = { TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE })
	void completeInStricterIsolation(int isolation) {
		String queue = "isolation " + isolation;
		UUID id = agent.queue(queue).enqueue(Map.of());
		Task task = agent.awaitTask(queue, LEASE_SECONDS);
		transaction(isolation).executeWithoutResult((status) -> task.complete(() -> {
			agent.recordEffect(id);
			work(3);
		}));
		assertThat(find(queue, id).state()).isEqualTo(TaskState.COMPLETED);
		assertThat(find(queue, id).attempt()).isEqualTo(1);
		assertThat(agent.effects(id)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(
			ints = { TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE })
	void claimAndCompleteInStricterIsolation(int isolation) {
		String queue = "claim in isolation " + isolation;
		UUID id = agent.queue(queue).enqueue(Map.of());
		transaction(isolation).executeWithoutResult((status) -> {
			Task task = agent.queue(queue).claim().orElseThrow();
			agent.recordEffect(id);
			assertThat(other.queue(queue).claim()).isEmpty();
			task.complete();
		});
		assertThat(find(queue, id).state()).isEqualTo(TaskState.COMPLETED);
		assertThat(agent.effects(id)).isEqualTo(1);
	}

	@Test
	void completedTransactionThatRunsOnLeavesLeasesOfOthersAlone() {
		List<UUID> ids = agent.queue("runs on").enqueueAll(List.of(1, 2, 3));
		List<ListenedTask> tasks = agent.queue("runs on").claim(3, Duration.ofSeconds(LEASE_SECONDS));
		agent.platform().transaction(() -> {
			tasks.get(0).complete();
			work(2 * LEASE_SECONDS + 1);
			Instant now = agent.jdbc().queryForObject("SELECT statement_timestamp()", OffsetDateTime.class).toInstant();
			assertThat(other.queue("runs on").find(ids.get(1)).orElseThrow().leaseExpiresAt()).isAfter(now);
			assertThat(other.queue("runs on").find(ids.get(2)).orElseThrow().leaseExpiresAt()).isAfter(now);
			assertThat(other.queue("runs on").claim()).isEmpty();
		});
		tasks.get(1).complete();
		tasks.get(2).complete();
		assertThat(ids).allMatch((id) -> find("runs on", id).state() == TaskState.COMPLETED);
		assertThat(ids).allMatch((id) -> find("runs on", id).attempt() == 1);
	}

	private static TransactionTemplate transaction(int isolation) {
		TransactionTemplate transaction = new TransactionTemplate(agent.transactionManager());
		transaction.setIsolationLevel(isolation);
		return transaction;
	}

	// Busy all the time: an idle transaction would end with the lease.
	private static void work(int seconds) {
		for (int i = 0; i < seconds * 2; i++) {
			agent.jdbc().execute("SELECT pg_sleep(0.5)");
		}
	}

	private static TaskInfo find(String queue, UUID id) {
		return agent.queue(queue).find(id).orElseThrow();
	}

}
