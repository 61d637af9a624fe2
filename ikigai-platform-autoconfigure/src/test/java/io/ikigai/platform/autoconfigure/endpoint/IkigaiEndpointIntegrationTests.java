package io.ikigai.platform.autoconfigure.endpoint;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint, called in the application and over HTTP.
 */
class IkigaiEndpointIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@Test
	void showsServicesAgentsAndQueues() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE, "--spring.jmx.enabled=true",
				"--management.endpoints.jmx.exposure.include=ikigai")) {
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
			QueueDescriptor checks = shown.queues().get("checks");
			assertThat(checks)
				.extracting(QueueDescriptor::ready, QueueDescriptor::scheduled, QueueDescriptor::claimed,
						QueueDescriptor::completed, QueueDescriptor::failed)
				.containsExactly(1L, 1L, 1L, 1L, 1L);
			assertThat(checks.oldestReadyAge()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
		}
	}

	@Test
	void answersOverHttp() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, "--server.port=0",
				"--management.endpoints.web.exposure.include=ikigai,health", "--management.health.redis.enabled=false",
				"--management.health.rabbit.enabled=false")) {
			fill(context.getBean(Platform.class));
			context.getBean(Platform.class).queue("done").enqueue(1);
			context.getBean(Platform.class).queue("done").claim().orElseThrow().complete();
			JsonNode json = get(context, "/actuator/ikigai");
			assertThat(json.propertyNames()).contains("services", "agents", "queues");
			assertThat(json.at("/services/queues").asString()).isEqualTo("postgres");
			JsonNode agent = json.at("/agents/0");
			assertThat(agent.propertyNames()).containsExactlyInAnyOrder("name", "version", "status", "deployedAt",
					"lastHeartbeat", "server", "instances");
			assertThat(Instant.parse(agent.get("deployedAt").asString())).isAfter(Instant.now().minusSeconds(600));
			assertThat(agent.at("/instances/0").propertyNames()).containsExactlyInAnyOrder("id", "server", "status",
					"lastHeartbeat");
			assertThat(agent.at("/instances/0/status").asString()).isEqualTo("running");
			JsonNode checks = json.at("/queues/checks");
			assertThat(checks.propertyNames()).containsExactlyInAnyOrder("ready", "scheduled", "claimed", "completed",
					"failed", "oldestReadyAge");
			assertThat(checks.get("ready").asLong()).isOne();
			assertThat(Duration.parse(checks.get("oldestReadyAge").asString())).isPositive();
			assertThat(json.at("/queues/done/oldestReadyAge").isNull()).isTrue();
			assertThat(json.toString()).doesNotContain("secret");
			assertThat(get(context, "/actuator/health").get("status").asString()).isEqualTo("UP");
		}
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

	}

}
