package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A lost connection is not a death: while two others look on, a worker whose connections
 * break, with the server or alone, keeps its tasks.
 */
class ServerRestartIntegrationTests {

	private static PostgresServer server;

	private static PostgresDatabase database;

	private static LocalAgent worker;

	private static LocalAgent observer;

	private static LocalAgent secondObserver;

	@BeforeAll
	static void start() throws Exception {
		server = PostgresServer.dedicated();
		database = server.freshDatabase();
		LocalAgent.createEffects(database);
		worker = LocalAgent.start(database, "worker");
		observer = LocalAgent.start(database, "observer");
		secondObserver = LocalAgent.start(database, "observer");
	}

	@AfterAll
	static void stop() {
		worker.close();
		observer.close();
		secondObserver.close();
		server.close();
	}

	@ParameterizedTest
	@EnumSource
	void stealsNoTaskWhenServerRestarts(Shutdown shutdown) throws Exception {
		String queue = "restart " + shutdown;
		UUID id = worker.queue(queue).enqueue(Map.of());
		Task task = worker.awaitTask(queue, 30);
		server.stop(shutdown);
		server.start();
		awaitDeathOfAnother();
		assertThat(lockHeld(worker)).isTrue();
		assertThat(find(queue, id).leaseExpiresAt()).as("extended since")
			.isAfter(task.claimedAt().plus(Duration.ofSeconds(35)));
		assertThat(observer.queue(queue).claim()).isEmpty();
		completesFirstAttempt(task, queue, id);
	}

	@Test
	void stealsNoTaskWhenListenConnectionIsTerminated() throws Exception {
		await().until(ServerRestartIntegrationTests::locksAreTrusted);
		UUID id = worker.queue("listen").enqueue(Map.of());
		Task task = worker.awaitTask("listen", 30);
		for (int i = 0; i < 20; i++) {
			int backend = await().until(() -> listenBackend(worker), (pid) -> pid > 0);
			database.execute("SELECT pg_terminate_backend(" + backend + ", 5000)");
			await().until(() -> listenBackend(worker), (pid) -> pid > 0 && pid != backend);
		}
		awaitDeathOfAnother();
		assertThat(lockHeld(worker)).isTrue();
		assertThat(observer.queue("listen").claim()).isEmpty();
		completesFirstAttempt(task, "listen", id);
	}

	/**
	 * Waits until a process has found that one without a lock is dead: an observer trusts
	 * the locks again, and has looked at them twice.
	 */
	private static void awaitDeathOfAnother() throws Exception {
		UUID dead = UUID.randomUUID();
		database.execute("""
				INSERT INTO ikigai_agent_instance (id, agent_name, server, status, lock_key, last_heartbeat)
				VALUES ('%s', 'dead', 'elsewhere', 'running', 1, now() + interval '1 hour')""".formatted(dead));
		await("the death of a process that holds no lock").ignoreExceptions()
			.until(() -> "t".equals(database
				.queryForText("SELECT died_at IS NOT NULL FROM ikigai_agent_instance WHERE id = '" + dead + "'")));
	}

	private static void completesFirstAttempt(Task task, String queue, UUID id) {
		task.complete(() -> worker.recordEffect(id));
		assertThat(worker.effects(id)).isEqualTo(1);
		assertThat(find(queue, id).state()).isEqualTo(TaskState.COMPLETED);
		assertThat(find(queue, id).attempt()).isEqualTo(1);
		assertThat(worker.count("SELECT deaths FROM task_queue WHERE id = ?", id)).isZero();
	}

	private static TaskInfo find(String queue, UUID id) {
		return worker.queue(queue).find(id).orElseThrow();
	}

	private static boolean locksAreTrusted() throws Exception {
		return "t".equals(database.queryForText("SELECT now() - pg_postmaster_start_time() > interval '11 seconds'"));
	}

	private static boolean lockHeld(LocalAgent agent) throws Exception {
		return listenBackend(agent) > 0;
	}

	/**
	 * Returns the process id of the agent's LISTEN connection, or 0.
	 */
	private static int listenBackend(LocalAgent agent) throws Exception {
		String pid = database.queryForText("""
				SELECT l.pid FROM pg_locks l JOIN ikigai_agent_instance i
				ON l.classid::bigint = ((i.lock_key >> 32) & 4294967295)
					AND l.objid::bigint = (i.lock_key & 4294967295)
				WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND i.status = 'running'
					AND i.id = '%s'""".formatted(agent.instance()));
		return (pid != null) ? Integer.parseInt(pid) : 0;
	}

}
