package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Programs that use the queues by plain SQL, beside the platform.
 */
class PlainSqlIntegrationTests {

	private static PostgresDatabase database;

	private static PostgresApplication application;

	private Connection connection;

	private TaskQueue queue;

	private PlainSqlQueue plain;

	@BeforeAll
	static void startApplication() {
		database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database);
	}

	@AfterAll
	static void stopApplication() {
		application.close();
	}

	@BeforeEach
	void connect() throws SQLException {
		this.connection = database.connect();
		this.queue = application.platform().queue("plain-" + UUID.randomUUID());
		this.plain = new PlainSqlQueue(this.connection, this.queue.name());
	}

	@AfterEach
	void disconnect() throws SQLException {
		this.connection.close();
	}

	@Test
	void handsWhatPlainSqlInsertedToThePlatform() throws SQLException {
		UUID id = this.plain.insert("{\"url\": \"http://localhost/\"}");
		Task task = this.queue.claim().orElseThrow();
		assertThat(task.id()).isEqualTo(id);
		assertThat(task.json()).contains("http://localhost/");
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.headers()).isEmpty();
		task.complete("done");
		assertThat(this.queue.find(id)).map(TaskInfo::state).contains(TaskState.COMPLETED);
	}

	@Test
	void wakesWhoWaitsForATask() throws SQLException {
		CompletableFuture<Optional<Task>> waiting = CompletableFuture.supplyAsync(() -> this.queue.claim(Waits.LIMIT));
		UUID id = this.plain.insert("1");
		assertThat(waiting.join()).map(Task::id).contains(id);
	}

	@Test
	void leavesAPlainSqlClaimAlone() throws SQLException {
		UUID id = this.queue.enqueue("x", TaskOptions.of().withPriority(5));
		this.queue.enqueue("y");
		assertThat(this.plain.claim()).isEqualTo(id);
		TaskInfo info = this.queue.find(id).orElseThrow();
		assertThat(info.state()).isEqualTo(TaskState.CLAIMED);
		assertThat(info.claimedBy()).isEqualTo("monitoring-agent");
		assertThat(info.leaseExpiresAt()).isNull();
		assertThat(this.queue.claim(10)).hasSize(1);
		assertThat(this.queue.stats().claimed()).isEqualTo(2);
		assertThat(this.queue.list(TaskState.CLAIMED, 10)).hasSize(2);
		this.plain.complete(id);
		assertThat(this.queue.find(id)).map(TaskInfo::state).contains(TaskState.COMPLETED);
	}

	@Test
	void claimsNothingThatIsFinishedOrTakenOrNotDue() throws SQLException {
		this.queue.enqueueAll(List.of(1, 2, 3, 4));
		List<Task> tasks = this.queue.claim(4);
		tasks.get(0).complete();
		tasks.get(1).fail("no");
		this.queue.cancel(tasks.get(2).id());
		this.queue.cancel(this.queue.enqueue("cancelled while ready"));
		this.queue.enqueue("later", TaskOptions.of().withDelay(Duration.ofHours(1)));
		assertThat(this.plain.claim()).isNull();
		execute("UPDATE task_queue SET failed_at = now(), error = 'no' WHERE id = '" + this.queue.enqueue("x") + "'");
		execute("INSERT INTO task_queue (queue_name, payload, completed_at) VALUES ('" + this.queue.name()
				+ "', '1', now())");
		assertThat(this.plain.claim()).isNull();
		assertThat(this.queue.claim(10)).isEmpty();
		tasks.get(3).release();
		assertThat(this.plain.claim()).isEqualTo(tasks.get(3).id());
	}

	@Test
	void freesTheUniqueKeyOfATaskThatPlainSqlFinished() throws SQLException {
		TaskOptions key = TaskOptions.of().withUniqueKey("k");
		UUID first = this.queue.enqueue("x", key);
		UUID claimed = this.plain.claim();
		assertThat(this.queue.enqueue("x", key)).isEqualTo(first).isEqualTo(claimed);
		this.plain.complete(first);
		assertThat(this.queue.enqueue("x", key)).isNotEqualTo(first);
	}

	@Test
	void refusesTheWorkerWhoseTaskPlainSqlTookOver() throws SQLException {
		UUID id = this.queue.enqueue("x");
		Task task = this.queue.claim().orElseThrow();
		execute("UPDATE task_queue SET claimed_by = NULL, claimed_at = NULL WHERE id = '" + id + "'");
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(task::complete);
		assertThat(this.plain.claim()).isEqualTo(id);
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(task::complete);
		this.plain.complete(id);
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> task.extend(Duration.ofMinutes(1)));
		assertThat(this.queue.find(id)).map(TaskInfo::claimedBy).contains("monitoring-agent");
	}

	@Test
	void fillsInWhatPlainSqlWroteAsNull() throws SQLException {
		UUID urgent = this.queue.enqueue("urgent", TaskOptions.of().withPriority(1));
		execute("INSERT INTO task_queue (queue_name, payload, priority, scheduled_for, created_at) VALUES ('"
				+ this.queue.name() + "', '\"nulls\"', NULL, NULL, NULL)");
		assertThat(this.queue.list(TaskState.READY, 10)).hasSize(2);
		assertThat(this.queue.stats().ready()).isEqualTo(2);
		assertThat(this.plain.claim()).isEqualTo(urgent);
		Task task = this.queue.claim().orElseThrow();
		assertThat(task.payload(String.class)).isEqualTo("nulls");
		assertThat(task.priority()).isZero();
		execute("UPDATE task_queue SET priority = NULL, scheduled_for = NULL, created_at = NULL WHERE id = '"
				+ task.id() + "'");
		task.retry(Duration.ZERO, "again");
		assertThat(this.plain.claim()).isEqualTo(task.id());
	}

	@Test
	void takesAnyPriorityOfPlainSql() throws SQLException {
		execute("INSERT INTO task_queue (queue_name, payload, priority) SELECT '" + this.queue.name()
				+ "', to_jsonb(p), p FROM unnest(ARRAY[-2147483648, 0, 2147483647, 10]) p");
		assertThat(this.queue.claim(10)).extracting(Task::priority)
			.containsExactly(Integer.MAX_VALUE, 10, 0, Integer.MIN_VALUE);
	}

	@Test
	void handsEachTaskToOneWorkerWhoeverItIs() throws Exception {
		List<UUID> ids = this.queue.enqueueAll(IntStream.range(0, 5000).boxed().toList());
		List<Callable<List<UUID>>> workers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			workers.add(this::drainByPlainSql);
		}
		workers.add(() -> drainByPlatform(1));
		workers.add(() -> drainByPlatform(20));
		ExecutorService pool = Executors.newFixedThreadPool(workers.size());
		try {
			List<UUID> handled = new ArrayList<>();
			for (Future<List<UUID>> worker : pool.invokeAll(workers)) {
				assertThat(worker.get()).isNotEmpty();
				handled.addAll(worker.get());
			}
			assertThat(handled).containsExactlyInAnyOrderElementsOf(ids);
		}
		finally {
			pool.shutdownNow();
		}
		assertThat(this.queue.stats().completed()).isEqualTo(5000);
	}

	private List<UUID> drainByPlainSql() throws SQLException {
		List<UUID> handled = new ArrayList<>();
		try (Connection own = database.connect()) {
			PlainSqlQueue worker = new PlainSqlQueue(own, this.queue.name());
			for (UUID id = worker.claim(); id != null; id = worker.claim()) {
				handled.add(id);
				worker.complete(id);
			}
		}
		return handled;
	}

	private List<UUID> drainByPlatform(int batch) {
		List<UUID> handled = new ArrayList<>();
		for (List<Task> tasks = this.queue.claim(batch); !tasks.isEmpty(); tasks = this.queue.claim(batch)) {
			tasks.forEach((task) -> {
				handled.add(task.id());
				task.complete();
			});
		}
		return handled;
	}

	private static void execute(String sql) throws SQLException {
		database.execute(sql);
	}

}
