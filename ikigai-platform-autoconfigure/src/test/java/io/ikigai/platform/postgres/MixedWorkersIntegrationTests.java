package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Java agents and workers in plain SQL drain one queue together.
 */
class MixedWorkersIntegrationTests {

	private static final Log logger = LogFactory.getLog(MixedWorkersIntegrationTests.class);

	private static final int TASKS = 30_000;

	private static final String QUEUE = "monitoring-tasks";

	private static final String PLAIN_CLAIM = """
			UPDATE task_queue SET claimed_by = 'monitoring-agent', claimed_at = now()
			WHERE id = (SELECT id FROM task_queue WHERE queue_name = 'monitoring-tasks' AND claimed_by IS NULL AND scheduled_for <= now()
			            ORDER BY priority DESC, created_at FOR UPDATE SKIP LOCKED LIMIT 1)
			RETURNING *""";

	@Test
	void handleEachTaskExactlyOnce() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		ExecutorService threads = Executors.newFixedThreadPool(6);
		try (LocalAgent first = LocalAgent.start(database, "first");
				LocalAgent second = LocalAgent.start(database, "second")) {
			first.queue(QUEUE).enqueueAll(IntStream.range(0, TASKS).mapToObj((n) -> Map.of("n", n)).toList());
			long start = System.nanoTime();
			List<Callable<Integer>> workers = new ArrayList<>();
			workers.add(() -> drain(first));
			workers.add(() -> drain(second));
			for (int i = 0; i < 4; i++) {
				workers.add(() -> drainWithPlainSql(database));
			}
			List<Integer> handled = new ArrayList<>();
			for (Future<Integer> worker : threads.invokeAll(workers)) {
				handled.add(worker.get());
			}
			logger.warn("Drained " + TASKS + " tasks in " + Duration.ofNanos(System.nanoTime() - start).toMillis()
					+ " ms, by worker: " + handled);
			assertThat(handled.stream().mapToInt(Integer::intValue).sum()).isEqualTo(TASKS);
			assertThat(handled).as("tasks of each worker").allMatch((tasks) -> tasks > 0);
			assertThat(first.count("SELECT count(*) FROM effect")).isEqualTo(TASKS);
			assertThat(first.count("SELECT count(DISTINCT task_id) FROM effect")).isEqualTo(TASKS);
			assertThat(first.queue(QUEUE).stats()).isEqualTo(new QueueStats(0, 0, 0, TASKS, 0, null));
			assertThat(first.count("SELECT count(*) FROM task_queue WHERE attempt > 1 OR deaths > 0")).isZero();
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static int drain(LocalAgent agent) {
		int handled = 0;
		while (true) {
			List<ListenedTask> tasks = agent.queue(QUEUE).claim(100, Duration.ofSeconds(30));
			if (tasks.isEmpty()) {
				return handled;
			}
			agent.platform().transaction(() -> {
				agent.jdbc()
					.batchUpdate("INSERT INTO effect (task_id) VALUES (?)",
							tasks.stream().map((task) -> new Object[] { task.id() }).toList());
				tasks.forEach(Task::complete);
			});
			handled += tasks.size();
		}
	}

	private static int drainWithPlainSql(PostgresDatabase database) throws Exception {
		int handled = 0;
		try (Connection connection = database.connect();
				Statement claim = connection.createStatement();
				PreparedStatement complete = connection.prepareStatement("""
						WITH effect AS (INSERT INTO effect (task_id) VALUES (?))
						UPDATE task_queue SET completed_at = now() WHERE id = ?""")) {
			while (true) {
				UUID id;
				try (ResultSet row = claim.executeQuery(PLAIN_CLAIM)) {
					if (!row.next()) {
						return handled;
					}
					id = row.getObject("id", UUID.class);
				}
				complete.setObject(1, id);
				complete.setObject(2, id);
				assertThat(complete.executeUpdate()).isEqualTo(1);
				handled++;
			}
		}
	}

}
