package io.ikigai.platform.micrometer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.Platform;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Meters of an application as events in the database.
 */
class TelemetryMeterRegistryIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("ikigai.postgres.url=" + this.database.url(),
					"ikigai.postgres.username=" + this.database.username(),
					"ikigai.postgres.password=" + this.database.password(), "spring.flyway.enabled=false")
			.properties(properties)
			.run();
	}

	private static List<TelemetryBucket> longest(Telemetry telemetry, String timer, Instant from) {
		// tag::series[]
		TelemetryQuery query = TelemetryQuery.all().withType("metric").withText(timer).withFrom(from);
		return telemetry.series(query, Duration.ofMinutes(5), "mean", Aggregation.MAX);
		// end::series[]
	}

	private static List<JsonNode> metrics(Platform platform, String name) {
		platform.telemetry().flush();
		return platform.telemetry()
			.query(TelemetryQuery.all().withType("metric").withLimit(10_000))
			.stream()
			.map(TelemetryEvent::json)
			.map(JsonMapper.shared()::readTree)
			.filter((event) -> event.get("name").asString().equals(name))
			.toList();
	}

	@Test
	void emitsMetersAtEveryStep() {
		try (ConfigurableApplicationContext context = start("ikigai.telemetry.metrics.enabled=true",
				"ikigai.telemetry.metrics.step=1s", "management.metrics.tags.region=eu")) {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Platform platform = context.getBean(Platform.class);
			Gauge.builder("test.gauge", () -> 42.5).tag("kind", "a").register(registry);
			Gauge.builder("test.nan", () -> Double.NaN).register(registry);
			Gauge.builder("test.broken", () -> {
				throw new IllegalStateException("broken");
			}).register(registry);
			registry.counter("test.idle");
			registry.timer("test.timer").record(30, TimeUnit.MILLISECONDS);
			registry.timer("test.timer").record(10, TimeUnit.MILLISECONDS);
			await()
				.until(() -> !metrics(platform, "test.timer").isEmpty() && !metrics(platform, "test.gauge").isEmpty());
			JsonNode gauge = metrics(platform, "test.gauge").get(0);
			assertThat(gauge.get("type").asString()).isEqualTo("gauge");
			assertThat(gauge.get("value").asDouble()).isEqualTo(42.5);
			assertThat(gauge.get("tags").get("kind").asString()).isEqualTo("a");
			assertThat(gauge.get("tags").get("region").asString()).isEqualTo("eu");
			List<JsonNode> timers = metrics(platform, "test.timer");
			assertThat(timers.stream().mapToDouble((event) -> event.get("count").asDouble()).sum()).isEqualTo(2);
			assertThat(timers.stream().mapToDouble((event) -> event.get("total").asDouble()).sum()).isCloseTo(40,
					within(0.001));
			assertThat(timers.get(0).get("unit").asString()).isEqualTo("milliseconds");
			assertThat(metrics(platform, "test.idle")).isEmpty();
			assertThat(metrics(platform, "test.nan")).isEmpty();
			assertThat(longest(platform.telemetry(), "test.timer", anHourAgo())).isNotEmpty()
				.allMatch((bucket) -> bucket.value() >= 10 && bucket.value() <= 30);
		}
	}

	private static Instant anHourAgo() {
		return Instant.now().minus(Duration.ofHours(1));
	}

	@Test
	void emitsTheLastStepWhenTheApplicationStops() {
		try (ConfigurableApplicationContext context = start("ikigai.telemetry.metrics.enabled=true",
				"ikigai.telemetry.metrics.step=1h")) {
			context.getBean(MeterRegistry.class).counter("test.counter").increment(7);
		}
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBeansOfType(TelemetryMeterRegistry.class)).isEqualTo(Map.of());
			assertThat(metrics(context.getBean(Platform.class), "test.counter")).singleElement()
				.satisfies((event) -> assertThat(event.get("count").asDouble()).isEqualTo(7));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
