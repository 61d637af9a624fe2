package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the work of a process whose connections the network has lost without a
 * word, while new ones work.
 */
class SilentConnectionsIntegrationTests {

	private static final List<String> QUEUES = List.of("silent-plain", "silent-writes", "silent-transactional",
			"silent-whole");

	@ParameterizedTest
	@ValueSource(strings = { "ikigai.postgres", "spring.datasource" })
	void doNotKeepTasksAndListeners(String prefix) throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		database.execute("CREATE TABLE silent_effect (name text NOT NULL)");
		try (SwallowingNetwork network = new SwallowingNetwork(database);
				LocalAgent other = LocalAgent.start(database, "other");
				LocalAgent agent = start(network.database(), prefix)) {
			SilentApplication.Handlers handlers = agent.bean(SilentApplication.Handlers.class);
			List<UUID> first = enqueue(other, "first");
			Waits.until("all handlers have begun", () -> handlers.begun() == QUEUES.size() + 1);
			network.swallow();
			handlers.go();
			List<UUID> second = enqueue(other, "second");
			for (int i = 0; i < QUEUES.size(); i++) {
				String queue = QUEUES.get(i);
				awaitCompleted(other, queue, first.get(i));
				awaitCompleted(other, queue, second.get(i));
			}
			Waits.until("all messages are read", () -> other.platform().mailbox("silent-mailbox").unread() == 0);
			// Twice by each handler that writes, and nothing of what was rolled back
			assertThat(database.queryForText("SELECT count(*) FROM silent_effect WHERE name LIKE 'first%'"))
				.isEqualTo("6");
			assertThat(database.queryForText("SELECT count(*) FROM silent_effect WHERE name LIKE 'second%'"))
				.isEqualTo("6");
		}
	}

	private static LocalAgent start(PostgresDatabase database, String prefix) {
		// One may be lost while it is opened, which holds up the pool for that long
		String url = database.url() + (database.url().contains("?") ? "&" : "?") + "loginTimeout=10";
		return LocalAgent.start("--" + prefix + ".url=" + url, "--" + prefix + ".username=" + database.username(),
				"--" + prefix + ".password=" + database.password(), "--ikigai.agent.name=silent", "--test.silent=true",
				"--spring.flyway.enabled=false", "--spring.main.banner-mode=off",
				"--spring.main.register-shutdown-hook=false", "--ikigai.postgres.statement-timeout=1s",
				"--ikigai.mailboxes.lease=3s", "--ikigai.queues.poll-interval=1s", "--ikigai.queues.retry.delay=100ms",
				"--logging.level.root=warn", "--spring.datasource.hikari.validation-timeout=500",
				"--logging.level.com.zaxxer.hikari=error");
	}

	private static List<UUID> enqueue(LocalAgent agent, String name) {
		List<UUID> ids = new ArrayList<>();
		QUEUES.forEach((queue) -> ids.add(agent.queue(queue).enqueue(name + " " + queue)));
		agent.platform().mailbox("silent-mailbox").send(name);
		return ids;
	}

	private static void awaitCompleted(LocalAgent agent, String queue, UUID id) {
		Waits.until("task of " + queue, () -> agent.queue(queue).find(id).orElseThrow().state(),
				TaskState.COMPLETED::equals);
	}

}
