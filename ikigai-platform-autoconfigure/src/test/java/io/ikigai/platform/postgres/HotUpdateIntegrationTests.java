package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Completing and extending touch no index.
 */
class HotUpdateIntegrationTests {

	private static final int TASKS = 1000;

	@Test
	void completesAndExtendsWithoutTouchingAnIndex() throws SQLException {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		long hotClaims;
		try (PostgresApplication application = PostgresApplication.start(database)) {
			TaskQueue queue = application.platform().queue("hot");
			queue.enqueueAll(Collections.nCopies(TASKS, "x".repeat(200)));
			List<Task> tasks = new ArrayList<>();
			for (List<Task> claimed = queue.claim(50); !claimed.isEmpty(); claimed = queue.claim(50)) {
				tasks.addAll(claimed);
			}
			// Idle connections report what they did only ten seconds later, else.
			application.bean(JdbcTemplate.class).execute("SELECT pg_stat_force_next_flush()");
			awaitUpdates(database, TASKS);
			hotClaims = count(database, "n_tup_hot_upd");
			for (Task task : tasks) {
				task.extend(Duration.ofMinutes(1));
				task.complete();
			}
		}
		// Connections report what they did when they end.
		awaitUpdates(database, 3 * TASKS);
		assertThat(count(database, "n_tup_hot_upd") - hotClaims).isGreaterThan(2 * TASKS * 6 / 10);
	}

	@Test
	void indexesNoColumnThatACompletionSets() throws SQLException {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		PostgresApplication.start(database).close();
		assertThat(database
			.queryForText("SELECT string_agg(indexdef, ',') FROM pg_indexes WHERE tablename = 'task_queue'"))
			.contains("ikigai_task_queue_ready")
			.doesNotContain("completed_at", "failed_at", "lease_expires_at", "claim_token", "result");
	}

	private static void awaitUpdates(PostgresDatabase database, long updates) {
		await().untilAsserted(() -> assertThat(count(database, "n_tup_upd")).isGreaterThanOrEqualTo(updates));
	}

	private static long count(PostgresDatabase database, String column) throws SQLException {
		return Long.parseLong(
				database.queryForText("SELECT " + column + " FROM pg_stat_user_tables WHERE relname = 'task_queue'"));
	}

}
