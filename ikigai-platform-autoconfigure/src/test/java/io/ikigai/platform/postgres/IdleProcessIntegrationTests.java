package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a process costs the database while it waits for work.
 */
class IdleProcessIntegrationTests {

	private static final Log logger = LogFactory.getLog(IdleProcessIntegrationTests.class);

	private static final int WAITING = 300;

	/** There is one each second. */
	private static final int LOOKS = 5;

	@Test
	void waitsForManyQueuesAndTopicsWithOneConnectionAndOneStatementASecond() throws Exception {
		PostgresServer server = PostgresServer.shared();
		// Asked from another database, so as not to be counted.
		PostgresDatabase watcher = new PostgresDatabase(server.url(), server.username(), server.password());
		PostgresDatabase database = server.freshDatabase();
		ExecutorService threads = Executors.newFixedThreadPool(WAITING);
		try (LocalAgent agent = LocalAgent.start(database, "idle")) {
			List<Future<Optional<Task>>> waiting = new ArrayList<>();
			for (int i = 0; i < WAITING; i++) {
				String queue = "queue-" + i;
				waiting.add(threads.submit(() -> agent.queue(queue).claim(Waits.LIMIT.multipliedBy(2))));
			}
			for (int i = 0; i < WAITING; i++) {
				agent.platform().pubsub().subscribe("topic-" + i, String.class, (message) -> {
				});
			}
			await().until(() -> listening(watcher, database) == 1);
			// Idle connections report what they did ten seconds later, or when they end.
			watcher.queryForText("""
					SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity
					WHERE application_name NOT LIKE 'ikigai-%%' AND datname = '%s'""".formatted(name(database)));
			// What the start costs may be reported late, or a connection be opened again
			long statements = Waits.until("looks that cost few statements", () -> costOfLooks(watcher, database),
					(cost) -> cost < 3 * LOOKS);
			logger.warn("%d waiting claims and as many subscriptions cost %d statements in %d looks".formatted(WAITING,
					statements, LOOKS));
			assertThat(listening(watcher, database)).isEqualTo(1);
			for (int i = 0; i < WAITING; i++) {
				agent.queue("queue-" + i).enqueue(Map.of());
			}
			for (Future<Optional<Task>> claim : waiting) {
				assertThat(Waits.value("the claimed task", claim)).isPresent();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static long costOfLooks(PostgresDatabase watcher, PostgresDatabase database) throws Exception {
		Set<String> looks = new HashSet<>();
		long before = transactions(watcher, database);
		await("looks of the listening connection").until(() -> {
			looks.add(String.valueOf(watcher.queryForText("""
					SELECT query_start FROM pg_stat_activity
					WHERE application_name = 'ikigai-listen' AND datname = '%s'""".formatted(name(database)))));
			return looks.size() > LOOKS;
		});
		return transactions(watcher, database) - before;
	}

	private static int listening(PostgresDatabase watcher, PostgresDatabase database) throws Exception {
		return Integer.parseInt(String.valueOf(watcher.queryForText("""
				SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ikigai-listen' AND datname = '%s'"""
			.formatted(name(database)))));
	}

	private static long transactions(PostgresDatabase watcher, PostgresDatabase database) throws Exception {
		return Long.parseLong(String.valueOf(
				watcher.queryForText("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '%s'"
					.formatted(name(database)))));
	}

	private static String name(PostgresDatabase database) {
		return database.url().substring(database.url().lastIndexOf('/') + 1);
	}

}
