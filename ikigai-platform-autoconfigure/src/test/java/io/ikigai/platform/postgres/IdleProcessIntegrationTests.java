package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

	private static final int SECONDS = 10;

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
				waiting.add(threads.submit(() -> agent.queue(queue).claim(Duration.ofMinutes(2))));
			}
			for (int i = 0; i < WAITING; i++) {
				agent.platform().pubsub().subscribe("topic-" + i, String.class, (message) -> {
				});
			}
			await().until(() -> listening(watcher, database) == 1);
			// Idle connections report what they did at the start only ten seconds later.
			long before = await().pollDelay(Duration.ofSeconds(12))
				.until(() -> transactions(watcher, database), (count) -> true);
			long start = System.nanoTime();
			long after = await().pollDelay(Duration.ofSeconds(SECONDS))
				.until(() -> transactions(watcher, database), (count) -> true);
			double seconds = (System.nanoTime() - start) / 1e9;
			double statements = (after - before) / seconds;
			logger.warn("%d waiting claims and as many subscriptions cost %.2f statements a second".formatted(WAITING,
					statements));
			assertThat(statements).isLessThan(3);
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
