package io.ikigai.platform.autoconfigure.endpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
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

/**
 * The endpoint, called in the application and over HTTP.
 */
class IkigaiEndpointIntegrationTests {

	private static final Schema SCHEMA = schema();

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private static Schema schema() {
		try {
			return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
				.getSchema(Files.readString(Path.of("../src/docs/ikigai-endpoint.schema.json")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void showsHowManyTasksListenersHandledInTheLastMinute() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE, "--spring.jmx.enabled=true",
				"--management.endpoints.jmx.exposure.include=ikigai", "--ikigai.queues.retry.max-attempts=1")) {
			Platform platform = context.getBean(Platform.class);
			platform.queue("listened").enqueueAll(Collections.nCopies(150, "x"));
			platform.queue("listened").enqueueAll(List.of("fails", "fails"));
			IkigaiEndpoint endpoint = context.getBean(IkigaiEndpoint.class);
			await().untilAsserted(() -> assertThat(endpoint.platform().queues().get("listened"))
				.extracting(QueueDescriptor::completedPerMinute, QueueDescriptor::failedPerMinute)
				.containsExactly(150L, 2L));
		}
	}

	@Test
	void findsWhatItsSchemaForbids() {
		assertThat(SCHEMA.validate(JsonMapper.shared().readTree("{\"services\":{\"queues\":1}}"))).hasSize(5);
	}

	@Test
	void showsServicesAgentsAndQueues() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE, "--spring.jmx.enabled=true",
				"--management.endpoints.jmx.exposure.include=ikigai")) {
			Instant before = Instant.now().minusSeconds(1);
			fill(context.getBean(Platform.class));
			PlatformDescriptor shown = context.getBean(IkigaiEndpoint.class).platform();
			assertThat(shown.services()).containsEntry("queues", "postgres").containsEntry("agents", "postgres");
			assertThat(shown.agents()).singleElement().satisfies((agent) -> {
				assertThat(agent.name()).isEqualTo("monitoring");
				assertThat(agent.version()).isEqualTo("1.2");
				assertThat(agent.status()).isEqualTo("running");
				assertThat(agent.instances()).singleElement()
					.satisfies((instance) -> assertThat(instance.status()).isEqualTo("running"));
			});
			assertThat(shown.guarantees().get("queues")).containsEntry("enqueue", "atomic")
				.containsEntry("claim", "atomic");
			assertThat(shown.guarantees().get("telemetry")).containsEntry("emit", "best_effort");
			assertThat(shown.listeners())
				.containsExactly(new ListenerDescriptor("idle", "queue", "listened", true, false, 3, 0));
			QueueDescriptor checks = shown.queues().get("checks");
			assertThat(checks)
				.extracting(QueueDescriptor::ready, QueueDescriptor::scheduled, QueueDescriptor::claimed,
						QueueDescriptor::completed, QueueDescriptor::failed)
				.containsExactly(1L, 1L, 1L, 1L, 1L);
			assertThat(Instant.now().minus(checks.oldestReadyAge())).isAfter(before);
		}
	}

	@Test
	void answersOverHttp() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, "--server.port=0",
				"--management.endpoints.web.exposure.include=ikigai,health,info",
				"--management.health.redis.enabled=false", "--management.health.rabbit.enabled=false")) {
			fill(context.getBean(Platform.class));
			context.getBean(Platform.class).queue("done").enqueue(1);
			context.getBean(Platform.class).queue("done").claim().orElseThrow().complete();
			JsonNode json = get(context, "/actuator/ikigai");
			assertThat(json.propertyNames()).containsExactlyInAnyOrder("services", "guarantees", "listeners", "agents",
					"queues");
			assertThat(json.at("/services/queues").asString()).isEqualTo("postgres");
			JsonNode agent = json.at("/agents/0");
			assertThat(agent.propertyNames()).containsExactlyInAnyOrder("name", "version", "status", "deployedAt",
					"lastHeartbeat", "server", "instances");
			assertThat(Instant.parse(agent.get("deployedAt").asString())).isAfter(Instant.now().minusSeconds(600));
			assertThat(agent.at("/instances/0").propertyNames()).containsExactlyInAnyOrder("id", "server", "status",
					"lastHeartbeat");
			assertThat(agent.at("/instances/0/status").asString()).isEqualTo("running");
			JsonNode checks = json.at("/queues/checks");
			assertThat(checks.propertyNames()).containsExactlyInAnyOrder("paused", "ready", "scheduled", "claimed",
					"completed", "failed", "oldestReadyAge", "completedPerMinute", "failedPerMinute");
			assertThat(checks.get("ready").asLong()).isOne();
			assertThat(Duration.parse(checks.get("oldestReadyAge").asString())).isPositive();
			assertThat(json.at("/listeners/0").propertyNames()).containsExactlyInAnyOrder("id", "kind", "destination",
					"running", "paused", "concurrency", "active");
			assertThat(json.at("/guarantees/cache/increment").asString()).isEqualTo("atomic");
			assertThat(json.at("/queues/done/oldestReadyAge").isNull()).isTrue();
			assertThat(json.toString()).doesNotContain("secret");
			assertThat(SCHEMA.validate(json)).isEmpty();
			JsonNode info = get(context, "/actuator/info").get("ikigai");
			assertThat(info.at("/agent/name").asString()).isEqualTo("monitoring");
			assertThat(info.at("/agent/version").asString()).isEqualTo("1.2");
			assertThat(info.at("/services/mailboxes").asString()).isEqualTo("postgres");
			assertThat(get(context, "/actuator/health").get("status").asString()).isEqualTo("UP");
		}
	}

	@Test
	void changesNothingUntilThatIsSwitchedOn() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, "--server.port=0",
				"--management.endpoints.web.exposure.include=ikigai")) {
			assertThat(post(context, "pause", "{\"queue\":\"checks\"}").statusCode()).isIn(404, 405);
			assertThat(context.getBean(TaskInspection.class).paused("checks")).isFalse();
		}
	}

	@Test
	void changesWhatIsAskedFor() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, "--server.port=0",
				"--management.endpoints.web.exposure.include=ikigai",
				"--management.endpoint.ikigai.access=unrestricted")) {
			Platform platform = context.getBean(Platform.class);
			fill(platform);
			assertThat(post(context, "pause", "{\"queue\":\"checks\"}").body())
				.isEqualTo("{\"operation\":\"pause\",\"changed\":1}");
			assertThat(post(context, "pause", "{\"queue\":\"checks\"}").body()).contains("\"changed\":0");
			assertThat(get(context, "/actuator/ikigai").at("/queues/checks/paused").asBoolean()).isTrue();
			assertThat(platform.queue("checks").claim()).isEmpty();
			assertThat(post(context, "resume", "{\"queue\":\"checks\"}").body()).contains("\"changed\":1");
			TaskInfo ready = platform.queue("checks").list(TaskState.READY, 1).get(0);
			assertThat(post(context, "cancel", "{\"queue\":\"checks\",\"task\":\"" + ready.id() + "\"}").body())
				.contains("\"changed\":1");
			assertThat(platform.queue("checks").find(ready.id()).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
			assertThat(post(context, "redrive", "{\"queue\":\"checks\"}").body()).contains("\"changed\":1");
			assertThat(platform.queue("checks").stats().failed()).isZero();
			assertThat(post(context, "stop", "{\"listener\":\"idle\"}").body()).contains("\"changed\":1");
			assertThat(get(context, "/actuator/ikigai").at("/listeners/0/running").asBoolean()).isFalse();
			assertThat(post(context, "start", "{\"listener\":\"idle\"}").body()).contains("\"changed\":1");
			assertThat(get(context, "/actuator/ikigai").at("/listeners/0/running").asBoolean()).isTrue();
			assertThat(post(context, "pause", "{\"listener\":\"idle\"}").body()).contains("\"changed\":1");
			assertThat(get(context, "/actuator/ikigai").at("/listeners/0/paused").asBoolean()).isTrue();
			assertThat(post(context, "resume", "{\"listener\":\"idle\"}").body()).contains("\"changed\":1");
			for (String bad : List.of("{}", "{\"queue\":\"\"}")) {
				assertThat(post(context, "pause", bad).statusCode()).isEqualTo(400);
			}
			assertThat(post(context, "stop", "{\"listener\":\"nobody\"}").statusCode()).isEqualTo(400);
			assertThat(post(context, "cancel", "{\"queue\":\"checks\",\"task\":\"x\"}").statusCode()).isEqualTo(400);
			assertThat(post(context, "explode", "{}").statusCode()).isIn(400, 404);
		}
	}

	private static HttpResponse<String> post(ConfigurableApplicationContext context, String operation, String body)
			throws IOException, InterruptedException {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/ikigai/" + operation))
				.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString(body))
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	@Test
	void isNotThereUnlessItIsExposed() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, "--server.port=0")) {
			assertThat(context.getBeansOfType(IkigaiEndpoint.class)).isEmpty();
		}
	}

	private static void fill(Platform platform) {
		platform.queue("checks").enqueue("secret");
		platform.queue("checks").claim().orElseThrow().complete();
		platform.queue("checks").enqueue("secret");
		platform.queue("checks").claim().orElseThrow().fail("secret");
		platform.queue("checks").enqueue("secret");
		Task claimed = platform.queue("checks").claim().orElseThrow();
		assertThat(claimed.attempt()).isOne();
		platform.queue("checks").enqueue("secret");
		platform.queue("checks").enqueue("secret", TaskOptions.of().withDelay(Duration.ofHours(1)));
	}

	private static JsonNode get(ConfigurableApplicationContext context, String path)
			throws IOException, InterruptedException {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	private ConfigurableApplicationContext run(WebApplicationType type, String... more) {
		return new SpringApplicationBuilder(Application.class).web(type)
			.properties("spring.flyway.enabled=false", "ikigai.agent.name=monitoring", "ikigai.agent.version=1.2",
					"ikigai.postgres.url=" + this.database.url(),
					"ikigai.postgres.username=" + this.database.username(),
					"ikigai.postgres.password=" + this.database.password())
			.run(more);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@IkigaiTaskListener(id = "idle", queue = "listened", concurrency = "3")
		void listen(String payload) {
			if (payload.equals("fails")) {
				throw new IllegalStateException("as it should");
			}
		}

	}

}
