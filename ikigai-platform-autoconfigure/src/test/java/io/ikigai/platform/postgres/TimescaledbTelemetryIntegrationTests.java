package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.ikigai.platform.Platform;
import io.ikigai.platform.autoconfigure.PlatformConfigurationException;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryContractTests;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.ikigai.platform.telemetry.TelemetryStore;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The compatibility kit of telemetry on TimescaleDB, and what is its own.
 */
@ParameterizedClass
@EnumSource
class TimescaledbTelemetryIntegrationTests {

	@Parameter
	Place place;

	private static PostgresDatabase database;

	private static PostgresApplication application;

	@BeforeParameterizedClassInvocation
	static void start(Place place) {
		database = PostgresServer.sharedTimescale().freshDatabase();
		application = place.start(database);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	private static Telemetry telemetry() {
		return application.platform().telemetry();
	}

	private static List<TelemetryEvent> found(String type) {
		telemetry().flush();
		return telemetry().query(TelemetryQuery.all().withType(type));
	}

	private static long chunks() throws SQLException {
		return Long
			.parseLong(String.valueOf(database.queryForText("SELECT count(*) FROM timescaledb_information.chunks "
					+ "WHERE hypertable_schema = 'public' AND hypertable_name = 'telemetry'")));
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
	void keepsEventsInAHypertable() throws SQLException {
		telemetry().emit("kept", 1);
		assertThat(found("kept")).hasSize(1);
		assertThat(chunks()).isPositive();
		assertThat(database.queryForText("SELECT count(*) FROM telemetry WHERE event_type = 'kept'")).isEqualTo("1");
		assertThat(application.bean(TimescaledbBackend.class).condition()).satisfies((condition) -> {
			assertThat(condition.up()).isTrue();
			assertThat(condition.details()).containsKeys("version", "license");
		});
	}

	@Test
	void writesAgainWithoutDuplicates() {
		TelemetryStore store = application.bean(TelemetryStore.class);
		List<TelemetryEvent> events = IntStream.range(0, 10)
			.mapToObj(
					(i) -> new TelemetryEvent(UUID.randomUUID(), "agent", "again", "{\"n\":" + i + "}", Instant.now()))
			.toList();
		store.write(events.subList(0, 5));
		store.write(events);
		assertThat(found("again")).hasSize(10);
	}

	@Test
	void dropsChunksPastTheirRetention() throws SQLException {
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) SELECT 'shell', 'old', "
				+ "to_jsonb(i), now() - make_interval(days => i) FROM generate_series(1, 30) i");
		long before = chunks();
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) "
				+ "VALUES ('shell', 'never', '0', now() + interval '100 years')");
		TelemetryStore bean = application.bean(TelemetryStore.class);
		// Nobody but the platform has transactions on a server of its own
		PostgresTelemetryStore store = (this.place == Place.PLATFORMS_OWN)
				? GuardedStore.behind(bean, PostgresTelemetryStore.class) : (PostgresTelemetryStore) bean;
		assertThat(store.deleteOlderThan(Duration.ofDays(14))).isBetween(15L, 16L);
		// Two more: that of the event that never comes, and today's, where it is now
		assertThat(chunks()).isBetween(before - 16, before - 13);
		assertThat(found("old")).hasSizeBetween(14, 15).extracting(TelemetryEvent::json).startsWith("1", "2", "3");
		assertThat(database
			.queryForText("SELECT count(*) FROM telemetry WHERE event_type = 'never' AND created_at <= now()"))
			.isEqualTo("1");
	}

	@Test
	void makesASeriesOverChunks() throws SQLException {
		database.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) SELECT 'shell', 'days', "
				+ "jsonb_build_object('n', i), timestamptz '2026-01-01 12:00+00' + make_interval(hours => i) "
				+ "FROM generate_series(0, 71) i");
		assertThat(telemetry().series(TelemetryQuery.all().withType("days"), Duration.ofDays(1), "n", Aggregation.MAX))
			.extracting(TelemetryBucket::start, TelemetryBucket::count, TelemetryBucket::value)
			.containsExactly(tuple(Instant.parse("2026-01-01T00:00:00Z"), 12L, 11.0),
					tuple(Instant.parse("2026-01-02T00:00:00Z"), 24L, 35.0),
					tuple(Instant.parse("2026-01-03T00:00:00Z"), 24L, 59.0),
					tuple(Instant.parse("2026-01-04T00:00:00Z"), 12L, 71.0));
	}

	@Test
	void losesNothingWhenTheServerRestartsUnderLoad() {
		try (PostgresServer server = PostgresServer.dedicatedTimescale();
				PostgresApplication writing = Place.SERVER_OF_ITS_OWN.start(server.freshDatabase())) {
			Telemetry telemetry = writing.platform().telemetry();
			TimescaledbBackend backend = writing.bean(TimescaledbBackend.class);
			List<Integer> emitted = new ArrayList<>();
			for (int i = 0; i < 2000; i++) {
				telemetry.emit("load", i);
				emitted.add(i);
				if (i == 500) {
					server.stop(Shutdown.IMMEDIATE);
					assertThat(backend.condition().answers()).isFalse();
				}
				if (i == 1500) {
					server.start();
				}
			}
			await().until(() -> backend.condition().up());
			await().ignoreExceptions().untilAsserted(() -> {
				telemetry.flush();
				assertThat(telemetry.query(TelemetryQuery.all().withType("load").withLimit(10_000)))
					.extracting((event) -> Integer.valueOf(event.json()))
					.containsExactlyInAnyOrderElementsOf(emitted);
			});
			assertThat(writing.bean(TelemetryStatus.class).dropped()).isZero();
		}
	}

	@Test
	void takesOverWhatPostgresHad() throws SQLException {
		PostgresDatabase moving = PostgresServer.sharedTimescale().freshDatabase();
		try (PostgresApplication before = PostgresApplication.start(moving)) {
			before.platform().telemetry().emit("moved", 1);
			before.platform().telemetry().flush();
			moving.execute("INSERT INTO telemetry (agent_name, event_type, payload, created_at) "
					+ "VALUES ('shell', 'moved', '2', NULL)");
			// The other one goes on with the same table
			try (PostgresApplication after = Place.PLATFORMS_OWN.start(moving)) {
				before.platform().telemetry().emit("moved", 3);
				after.platform().telemetry().emit("moved", 4);
				before.platform().telemetry().flush();
				after.platform().telemetry().flush();
				for (PostgresApplication each : List.of(before, after)) {
					assertThat(each.platform().telemetry().query(TelemetryQuery.all().withType("moved")))
						.extracting(TelemetryEvent::json)
						.containsExactlyInAnyOrder("1", "2", "3", "4");
				}
			}
		}
	}

	// What applications do when they start, without Spring Boot's part, which several of
	// one
	// process cannot do at once
	@Test
	void makesOneHypertableForSeveralWhoStartAtOnce() throws Exception {
		PostgresDatabase fresh = PostgresServer.sharedTimescale().freshDatabase();
		DataSource connections = new DriverManagerDataSource(fresh.url(), fresh.username(), fresh.password());
		List<TimescaledbBackend> backends = IntStream.range(0, 5)
			.mapToObj((i) -> new TimescaledbBackend(connections, new JdbcTransactionManager(connections), null,
					"public", Duration.ofDays(30), null))
			.toList();
		CompletableFuture
			.allOf(backends.stream()
				.map((each) -> CompletableFuture.runAsync(() -> each.start(true)))
				.toArray(CompletableFuture[]::new))
			.join();
		try (PostgresApplication started = this.place.start(fresh)) {
			started.platform().telemetry().emit("started", 1);
			started.platform().telemetry().flush();
			assertThat(started.platform().telemetry().query(TelemetryQuery.all().withType("started"))).hasSize(1);
		}
	}

	@Test
	void saysWhatTheServerLacks() {
		assertThatException().isThrownBy(() -> this.place.start(PostgresServer.shared().freshDatabase()).close())
			.havingRootCause()
			.isInstanceOfAny(TimescaledbUnusableException.class, PlatformConfigurationException.class)
			.withMessageContaining("shared_preload_libraries");
	}

	@Test
	void makesNoTableWhereItMayNot() {
		assertThatException()
			.isThrownBy(() -> this.place
				.start(PostgresServer.sharedTimescale().freshDatabase(), "ikigai.schema.migrate=false")
				.close())
			.withStackTraceContaining("telemetry");
	}

	@Test
	void keepsTheSecretOfAnAddressThatDoesNotAnswer() {
		assertThatException()
			.isThrownBy(
					() -> PostgresApplication
						.start(PostgresServer.shared().freshDatabase(), "ikigai.services.telemetry=timescaledb",
								"ikigai.timescaledb.url=postgresql://me:hidden@127.0.0.1:1/none")
						.close())
			.withStackTraceContaining("jdbc:postgresql://127.0.0.1:1/none cannot be used")
			.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain("hidden"));
	}

	/**
	 * Where telemetry is kept.
	 */
	enum Place {

		/** On the platform's PostgreSQL. */
		PLATFORMS_OWN,

		/** On a server of its own. */
		SERVER_OF_ITS_OWN;

		PostgresApplication start(PostgresDatabase database, String... properties) {
			List<String> all = new ArrayList<>(List.of(properties));
			all.add("ikigai.services.telemetry=timescaledb");
			if (this == PLATFORMS_OWN) {
				return PostgresApplication.start(database, all.toArray(String[]::new));
			}
			all.add("ikigai.timescaledb.url=" + database.url());
			all.add("ikigai.timescaledb.username=" + database.username());
			all.add("ikigai.timescaledb.password=" + database.password());
			return PostgresApplication.start(PostgresServer.shared().freshDatabase(), all.toArray(String[]::new));
		}

	}

}
