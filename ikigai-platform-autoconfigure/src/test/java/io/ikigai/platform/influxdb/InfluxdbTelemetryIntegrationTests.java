package io.ikigai.platform.influxdb;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryContractTests;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.ikigai.platform.telemetry.TelemetryStore;
import io.ikigai.platform.testservers.InfluxdbServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.assertj.core.util.Throwables;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBFactory;
import org.influxdb.dto.Query;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The compatibility kit of telemetry on InfluxDB, and what is its own.
 */
class InfluxdbTelemetryIntegrationTests {

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = start(InfluxdbServer.shared(), "ikigai.influxdb.database=kit \"it's\" ünï");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static ConfigurableApplicationContext start(InfluxdbServer server, String... properties) {
		return start(server.url(), server.username(), server.password(), properties);
	}

	private static ConfigurableApplicationContext start(String url, String username, String password,
			String... properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password(), "--ikigai.services.telemetry=influxdb",
						"--ikigai.influxdb.url=" + url, "--ikigai.influxdb.username=" + username,
						"--ikigai.influxdb.password=" + password, "--spring.flyway.enabled=false",
						"--spring.main.banner-mode=off"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
	}

	private static Telemetry telemetry() {
		return application.getBean(Telemetry.class);
	}

	private static List<TelemetryEvent> found(String type) {
		telemetry().flush();
		return telemetry().query(TelemetryQuery.all().withType(type).withLimit(10_000));
	}

	@Nested
	class Contract extends TelemetryContractTests {

		@Override
		protected Platform platform() {
			return application.getBean(Platform.class);
		}

		@Override
		protected TelemetryStore store() {
			return application.getBean(TelemetryStore.class);
		}

		// It refuses what is past its retention
		@Override
		protected List<String> absurdTimes() {
			return List.of("2250-12-31T23:59:59.999Z");
		}

	}

	@Test
	void keepsEveryEventOfOneMoment() {
		TelemetryStore store = application.getBean(TelemetryStore.class);
		Instant moment = Instant.now().truncatedTo(ChronoUnit.MICROS);
		List<TelemetryEvent> events = IntStream.range(0, 1200)
			.mapToObj((i) -> new TelemetryEvent(UUID.randomUUID(), "agent", "moment", "{\"n\":" + i + "}", moment))
			.toList();
		store.write(events.subList(0, 700));
		// Who cannot know whether a write arrived writes again
		store.write(events);
		assertThat(found("moment")).extracting(TelemetryEvent::id)
			.containsExactlyInAnyOrderElementsOf(events.stream().map(TelemetryEvent::id).toList());
		assertThat(found("moment").get(1199).createdAt()).isEqualTo(moment);
	}

	@Test
	void keepsPayloadsThatAFieldIsTooSmallFor() {
		String text = "漢x".repeat(60_000) + "needle" + "\uD83D\uDE80".repeat(30_000);
		telemetry().emit("large", Map.of("text", text, "n", 7));
		assertThat(found("large")).singleElement()
			.satisfies((event) -> assertThat(event.json()).contains(text).contains("\"n\":7"));
		assertThat(telemetry().query(TelemetryQuery.all().withType("large").withText("xNEEDLE"))).hasSize(1);
		assertThat(telemetry().query(TelemetryQuery.all().withType("large").withText("needles"))).isEmpty();
		assertThatExceptionOfType(UnsupportedByBackendException.class)
			.isThrownBy(() -> telemetry().query(TelemetryQuery.all().withText("x".repeat(2001))))
			.withMessageContaining("postgres");
	}

	@Test
	void takesAnyNumberWhateverAnotherEventHadThere() {
		telemetry().emit("mixed", Map.of("v", 1));
		telemetry().emit("mixed", Map.of("v", 1.5));
		telemetry().emit("mixed", Map.of("v", "text"));
		telemetry().emit("mixed", Map.of("v", Map.of("v", 3)));
		telemetry().emit("mixed", Map.of("v", new BigDecimal("1e400")));
		telemetry().emit("mixed", Map.of("v", true));
		assertThat(found("mixed")).hasSize(6);
		assertThat(telemetry().series(TelemetryQuery.all().withType("mixed"), Duration.ofDays(1), "v", Aggregation.SUM))
			.extracting(TelemetryBucket::count, TelemetryBucket::value)
			.containsExactly(tuple(2L, 2.5));
		assertThat(application.getBean(TelemetryStatus.class).dropped()).isZero();
	}

	@Test
	void makesASeriesOfManySteps() {
		TelemetryStore store = application.getBean(TelemetryStore.class);
		Instant start = Instant.now().minus(Duration.ofDays(3)).truncatedTo(ChronoUnit.DAYS);
		store.write(IntStream.range(0, 48)
			.mapToObj((hour) -> new TelemetryEvent(UUID.randomUUID(), "agent", "hours",
					"{\"a b\":{\"n\":" + hour + "}}", start.plus(Duration.ofHours(hour))))
			.toList());
		List<TelemetryBucket> days = telemetry().series(TelemetryQuery.all().withType("hours"), Duration.ofDays(1),
				"a b.n", Aggregation.MAX);
		assertThat(days).extracting(TelemetryBucket::start).containsExactly(start, start.plus(Duration.ofDays(1)));
		assertThat(days).extracting(TelemetryBucket::value).containsExactly(23.0, 47.0);
		assertThat(telemetry().series(TelemetryQuery.all().withType("hours").withFrom(start.plus(Duration.ofHours(30))),
				Duration.ofHours(6), "a b.n", Aggregation.COUNT))
			.extracting(TelemetryBucket::count)
			.containsExactly(6L, 6L, 6L);
	}

	@Test
	void keepsEventsAsLongAsConfigured() {
		String database = "kept" + UUID.randomUUID();
		start(InfluxdbServer.shared(), "ikigai.influxdb.database=" + database).close();
		assertThat(policies(database)).contains("ikigai", "336h0m0s", "24h0m0s");
		start(InfluxdbServer.shared(), "ikigai.influxdb.database=" + database, "ikigai.telemetry.retention=1d").close();
		assertThat(policies(database)).contains("ikigai", "24h0m0s", "1h0m0s").doesNotContain("336h0m0s");
	}

	private static String policies(String database) {
		InfluxdbServer server = InfluxdbServer.shared();
		try (InfluxDB client = InfluxDBFactory.connect(server.url(), server.username(), server.password())) {
			return client.query(new Query("SHOW RETENTION POLICIES ON " + Influxql.identifier(database))).toString();
		}
	}

	@Test
	void losesNothingWhenTheServerRestartsUnderLoad() {
		try (InfluxdbServer server = InfluxdbServer.dedicated();
				ConfigurableApplicationContext writing = start(server)) {
			Telemetry telemetry = writing.getBean(Telemetry.class);
			InfluxdbBackend backend = writing.getBean(InfluxdbBackend.class);
			assertThat(backend.condition().up()).isTrue();
			List<Integer> emitted = new ArrayList<>();
			for (int i = 0; i < 2000; i++) {
				telemetry.emit("load", i);
				emitted.add(i);
				if (i == 500) {
					server.stop(Shutdown.IMMEDIATE);
					assertThat(backend.condition().answers()).isFalse();
					assertThat(backend.condition().details().toString()).doesNotContain(server.password());
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
			assertThat(writing.getBean(TelemetryStatus.class).dropped()).isZero();
		}
	}

	@Test
	void startsWhileTheServerIsAway() {
		try (InfluxdbServer server = InfluxdbServer.dedicated()) {
			server.stop(Shutdown.FAST);
			try (ConfigurableApplicationContext early = start(server)) {
				assertThat(early.getBean(InfluxdbBackend.class).condition().answers()).isFalse();
				early.getBean(Telemetry.class).emit("early", 1);
				server.start();
				await().ignoreExceptions().untilAsserted(() -> {
					early.getBean(Telemetry.class).flush();
					assertThat(early.getBean(Telemetry.class).query(TelemetryQuery.all().withType("early"))).hasSize(1);
				});
			}
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ftp://127.0.0.1:1          | me     | is no address
			http://me:hidden@127.0.0.1 | me     | is no address
			http://[hidden             | me     | is no address
			SERVER                     | nobody | refuses
			""")
	void saysWhatIsWrongWithoutTheSecret(String url, String username, String problem) {
		assertThatException()
			.isThrownBy(() -> start(url.replace("SERVER", InfluxdbServer.shared().url()), username, "hidden").close())
			.withStackTraceContaining(problem)
			.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain("hidden"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
