package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Set;
import java.util.List;
import java.util.stream.Collectors;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentInstance;
import io.ikigai.platform.agent.AgentStatus;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.transaction.CallerTransactions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry as processes come, go and die.
 */
class AgentInstancesIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@Test
	void tellsInstancesOfOneAgentApart() throws Exception {
		try (LocalAgent watcher = LocalAgent.start(this.database, "watcher")) {
			LocalAgent first = LocalAgent.start(this.database, "many");
			try (LocalAgent second = LocalAgent.start(this.database, "many")) {
				assertThat(statuses(find(watcher))).containsExactly(AgentStatus.RUNNING, AgentStatus.RUNNING);
				first.close();
				assertThat(find(watcher).status()).isEqualTo(AgentStatus.RUNNING);
				assertThat(statuses(find(watcher))).containsExactly(AgentStatus.RUNNING, AgentStatus.STOPPED);
				assertThat(second.platform().agents().self().status()).isEqualTo(AgentStatus.RUNNING);
			}
			assertThat(find(watcher).status()).isEqualTo(AgentStatus.STOPPED);
			assertThat(statuses(find(watcher))).containsExactly(AgentStatus.STOPPED, AgentStatus.STOPPED);
			assertThat(statusInTable()).isEqualTo("stopped");
		}
	}

	@Test
	void marksKilledInstanceAsFailed() throws Exception {
		try (LocalAgent watcher = LocalAgent.start(this.database, "watcher");
				AgentProcess first = AgentProcess.start(this.database, "many");
				AgentProcess second = AgentProcess.start(this.database, "many")) {
			first.await("ready");
			second.await("ready");
			first.kill();
			// Up to ten seconds when the server has just started.
			await().until(() -> statuses(find(watcher)).contains(AgentStatus.FAILED));
			assertThat(find(watcher).status()).isEqualTo(AgentStatus.RUNNING);
			assertThat(statusInTable()).isEqualTo("running");
			second.kill();
			await().until(() -> "failed".equals(statusInTable()));
			assertThat(find(watcher).status()).isEqualTo(AgentStatus.FAILED);
			assertThat(statuses(find(watcher))).containsExactly(AgentStatus.FAILED, AgentStatus.FAILED);
			assertThat(watcher.platform().agents().self().status()).isEqualTo(AgentStatus.RUNNING);
		}
	}

	@Test
	void tellsThatAgentFailedThoughNobodyWatched() throws Exception {
		try (AgentProcess agent = AgentProcess.start(this.database, "many", "ikigai.agent.heartbeat=1s")) {
			agent.await("ready");
			agent.kill();
		}
		// Not started: it looks at nothing by itself.
		try (PostgresBackend reader = reader(Duration.ofSeconds(1))) {
			await().untilAsserted(() -> {
				AgentInfo info = reader.agentStore().find("many").orElseThrow();
				assertThat(info.status()).isEqualTo(AgentStatus.FAILED);
				assertThat(statuses(info)).containsExactly(AgentStatus.FAILED);
			});
			assertThat(reader.agentStore().list()).extracting(AgentInfo::status).containsExactly(AgentStatus.FAILED);
		}
		assertThat(statusInTable()).as("nobody has written it").isEqualTo("running");
	}

	@Test
	void keepsWatchWhileRegistryRowIsLocked() throws Exception {
		try (LocalAgent watcher = LocalAgent.start(this.database, "many", "ikigai.agent.heartbeat=1s");
				AgentProcess other = AgentProcess.start(this.database, "other")) {
			other.await("ready");
			String listening = listenBackends();
			watcher.platform().transaction(() -> {
				watcher.jdbc().execute("SELECT FROM agent_registry FOR UPDATE");
				other.kill();
				await().until(() -> "failed".equals(this.database
					.queryForText("SELECT status FROM ikigai_agent_instance WHERE agent_name = 'other'")));
			});
			assertThat(listening).contains(listenBackends());
		}
	}

	private String listenBackends() throws Exception {
		return String.valueOf(this.database.queryForText("""
				SELECT string_agg(pid::text, ' ') FROM pg_stat_activity
				WHERE application_name = 'ikigai-listen' AND datname = current_database()"""));
	}

	private PostgresBackend reader(Duration heartbeat) {
		DriverManagerDataSource dataSource = new DriverManagerDataSource(this.database.url(), this.database.username(),
				this.database.password());
		return new PostgresBackend(dataSource, dataSource,
				new CallerTransactions(dataSource, dataSource, new JdbcTransactionManager(dataSource)),
				new JsonMapper(),
				new PostgresSettings("public", false, "reader", heartbeat, 5, 5, Duration.ofDays(1), Duration.ofDays(1),
						Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1), Duration.ofSeconds(15), 1024 * 1024,
						Set.of("agents")));
	}

	private static AgentInfo find(LocalAgent watcher) {
		return watcher.platform().agents().find("many").orElseThrow();
	}

	private static List<AgentStatus> statuses(AgentInfo info) {
		return info.instances().stream().map(AgentInstance::status).collect(Collectors.toList());
	}

	private String statusInTable() throws Exception {
		return String.valueOf(this.database.queryForText("SELECT status FROM agent_registry WHERE name = 'many'"));
	}

}
