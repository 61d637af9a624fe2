package io.ikigai.platform.guide;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The settings of the chapter on operations.
 */
class OperationsGuideIntegrationTests {

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = GuideApplication.start(Examples.class, "spring.main.web-application-type=servlet",
				"server.port=0", "spring.config.import=classpath:io/ikigai/platform/guide/operations.properties");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void isReadyWhenTheServicesAre() {
		await().untilAsserted(() -> {
			HttpResponse<String> ready = send(request("/actuator/health/readiness").GET());
			assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
			assertThat(ready.body()).contains("\"readinessState\"")
				.contains("\"listen\"")
				.contains("\"queues\"")
				.doesNotContain("\"storage\"");
		});
	}

	@Test
	void pausesAQueue() throws IOException, InterruptedException {
		Platform platform = application.getBean(Platform.class);
		platform.queue("checks").enqueue("x");
		HttpResponse<String> paused = send(request("/actuator/ikigai/pause").header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"queue\": \"checks\"}")));
		assertThat(paused.body()).isEqualTo("{\"operation\":\"pause\",\"changed\":1}");
		assertThat(platform.queue("checks").claim()).isEmpty();
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(
				URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	static class Examples {

	}

}
