package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryContractTests;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.ikigai.platform.telemetry.TelemetryStore;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The compatibility kit of telemetry on PostgreSQL, and what is PostgreSQL's own.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresTelemetryIntegrationTests {

	private static PostgresKind.Opened server;

	@Parameter
	PostgresKind kind;

	private static PostgresDatabase database;

	private static PostgresApplication application;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		database = server.database();
		application = PostgresApplication.start(database);
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		application.close();
		server.close();
	}

	private static Telemetry telemetry() {
		return application.platform().telemetry();
	}

	private static List<TelemetryEvent> found(String type) {
		telemetry().flush();
		return telemetry().query(TelemetryQuery.all().withType(type));
	}

	@Nested
	class Contract extends TelemetryContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected TelemetryStore store() {
			return application.bean(TelemetryStore.class);
		}

	}

	@Test
	void seesWhatPlainSqlInserts() throws SQLException {
		database
			.execute("INSERT INTO telemetry (agent_name, event_type, payload) VALUES ('shell', 'plain', '{\"n\":1}')");
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) "
				+ "VALUES ('shell', 'plain', '{\"n\":2}', NULL)");
		assertThat(found("plain")).extracting(TelemetryEvent::agent).containsExactly("shell", "shell");
		assertThat(found("plain")).extracting(TelemetryEvent::json).containsExactly("{\"n\": 1}", "{\"n\": 2}");
		assertThat(telemetry().series(TelemetryQuery.all().withType("plain"), Duration.ofDays(1), "n", Aggregation.SUM))
			.extracting(TelemetryBucket::value)
			.containsExactly(1.0);
	}

	@Test
	void writesAgainWithoutDuplicates() {
		TelemetryStore store = application.bean(TelemetryStore.class);
		List<TelemetryEvent> events = IntStream.range(0, 10)
			.mapToObj(
					(i) -> new TelemetryEvent(UUID.randomUUID(), "a\tb\\", "again", "{\"n\":" + i + "}", Instant.now()))
			.toList();
		store.write(events.subList(0, 5));
		store.write(events);
		assertThat(found("again")).hasSize(10).allMatch((event) -> event.agent().equals("a\tb\\"));
	}

	@Test
	void dropsAndCountsOnlyWhatTheDatabaseRefuses() throws SQLException {
		database.execute("ALTER TABLE telemetry ADD CONSTRAINT refuses CHECK (payload <> '{\"n\": 987654321}')");
		long before = application.bean(TelemetryStatus.class).dropped();
		telemetry().emit("refused", Map.of("n", 1));
		telemetry().emit("refused", Map.of("n", 987654321));
		telemetry().emit("refused", Map.of("n", 3));
		assertThat(found("refused")).extracting(TelemetryEvent::json).containsExactly("{\"n\": 3}", "{\"n\": 1}");
		assertThat(application.bean(TelemetryStatus.class).dropped()).isEqualTo(before + 1);
		database.execute("ALTER TABLE telemetry DROP CONSTRAINT refuses");
	}

	@Test
	void leavesOutNumbersThatNoDoubleHolds() throws SQLException {
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload) VALUES "
				+ "('shell', 'huge', '{\"n\":1e400}'), ('shell', 'huge', '{\"n\":1e-400}'), ('shell', 'huge', '{\"n\":0}')");
		assertThat(telemetry().series(TelemetryQuery.all().withType("huge"), Duration.ofDays(1), "n", Aggregation.MAX))
			.extracting(TelemetryBucket::count)
			.containsExactly(1L);
	}

	@Test
	void refusesASeriesOfTooManySteps() throws SQLException {
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) "
				+ "SELECT 'shell', 'steps', '1', now() - make_interval(secs => i) FROM generate_series(1, 10001) i");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> telemetry().series(TelemetryQuery.all().withType("steps"), Duration.ofSeconds(1), "",
					Aggregation.COUNT))
			.withMessageContaining("10000 steps");
	}

	@Test
	void deletesWhatIsPastItsRetention() throws SQLException {
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) "
				+ "SELECT 'shell', 'old', '1', now() - interval '15 days' FROM generate_series(1, 6000)");
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) "
				+ "VALUES ('shell', 'old', '2', now() - interval '13 days'), ('shell', 'old', '3', NULL)");
		PostgresTelemetryStore store = GuardedStore.behind(application.bean(PostgresBackend.class).telemetryStore(),
				PostgresTelemetryStore.class);
		assertThat(store.deleteOlderThan(Duration.ofDays(14))).isEqualTo(6000);
		assertThat(found("old")).extracting(TelemetryEvent::json).containsExactly("3", "2");
	}

	@Test
	void keepsAllOfABurst() {
		for (int i = 0; i < 5000; i++) {
			telemetry().emit("fast", Map.of("n", i));
		}
		telemetry().flush();
		assertThat(telemetry().query(TelemetryQuery.all().withType("fast").withLimit(10_000))).hasSize(5000);
	}

	@Test
	void handsOverWhatThereIsWhenTheApplicationStops() throws SQLException {
		try (PostgresApplication stopping = PostgresApplication.start(database, "ikigai.agent.name=stopping")) {
			IntStream.range(0, 3000).forEach((i) -> stopping.platform().telemetry().emit("stopping", i));
		}
		assertThat(database.queryForText("SELECT count(*) FROM telemetry WHERE agent_name = 'stopping'"))
			.isEqualTo("3000");
	}

}
