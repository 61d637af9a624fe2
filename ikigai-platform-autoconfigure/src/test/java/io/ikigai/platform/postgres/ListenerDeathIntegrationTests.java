package io.ikigai.platform.postgres;

import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code kill -9} of an agent does to the tasks that its listeners handle: those of
 * another agent, which may have started just now, run them again.
 */
class ListenerDeathIntegrationTests {

	private static final Log logger = LogFactory.getLog(ListenerDeathIntegrationTests.class);

	@ParameterizedTest
	@CsvSource({ "leased, 2", "in-transaction, 1" })
	void runsTaskOfKilledAgentAgain(String queue, int attempt) throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		try (AgentProcess victim = AgentProcess.start(database, "agent", "test.hang=true", "ikigai.queues.lease=10m")) {
			victim.await("ready");
			UUID id;
			try (LocalAgent sender = LocalAgent.start(database, "sender")) {
				id = sender.queue(queue).enqueue(Map.of());
				victim.await("inside");
			}
			try (LocalAgent survivor = LocalAgent.start(database, "agent", "test.hang=false")) {
				await().until(() -> "t".equals(
						database.queryForText("SELECT now() - pg_postmaster_start_time() > interval '10 seconds'")));
				victim.kill();
				long start = System.nanoTime();
				assertThat(Waits.next("the task of the dead process", survivor.handlers().handled())).isEqualTo(id);
				logger
					.warn("Takeover (listener, " + queue + ") took " + (System.nanoTime() - start) / 1_000_000 + " ms");
				await().until(() -> survivor.queue(queue).find(id).orElseThrow().state() == TaskState.COMPLETED);
				assertThat(survivor.effects(id)).isEqualTo(1);
				assertThat(survivor.queue(queue).find(id).orElseThrow().attempt()).isEqualTo(attempt);
			}
		}
	}

}
