package io.ikigai.platform.micrometer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.observation.ProcessContext;
import io.ikigai.platform.observation.ProcessConvention;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a web application and an agent tell of the work that goes from one to the other:
 * spans, collected by OpenTelemetry's exporter in memory, and meters, as Prometheus
 * scrapes them.
 */
@Tag("traced")
class ObservationIntegrationTests {

	private static final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private static final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private static ConfigurableApplicationContext webapp;

	private static ConfigurableApplicationContext agent;

	@BeforeAll
	static void start() {
		webapp = run(WebApplicationType.SERVLET, Webapp.class, "web");
		agent = run(WebApplicationType.SERVLET, Agent.class, "agent");
	}

	@AfterAll
	static void stop() {
		agent.close();
		webapp.close();
	}

	private static ConfigurableApplicationContext run(WebApplicationType type, Class<?> application, String name) {
		return new SpringApplicationBuilder(Traced.class, application).web(type)
			.run("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
					"--ikigai.postgres.password=" + database.password(), "--spring.flyway.enabled=false",
					"--server.port=0", "--spring.application.name=" + name,
					"--management.tracing.sampling.probability=1.0",
					"--management.endpoints.web.exposure.include=prometheus", "--ikigai.queues.retry.delay=100ms",
					"--ikigai.mailboxes.retry.max-attempts=1");
	}

	@BeforeEach
	void forget() {
		exporter.reset();
	}

	private static String call(ConfigurableApplicationContext context, String method, String path)
			throws IOException, InterruptedException {
		URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
		HttpRequest request = HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
	}

	private static List<SpanData> spans(String name) {
		return exporter.getFinishedSpanItems().stream().filter((span) -> span.getName().equals(name)).toList();
	}

	private static List<SpanData> awaitSpans(String name, int count) {
		await().until(() -> spans(name).size() >= count);
		return spans(name);
	}

	@Test
	void showsTheHandlerAsTheChildOfTheRequestThatSentItsTask() throws Exception {
		call(webapp, "POST", "/checks/plain");
		SpanData process = awaitSpans("process checks", 1).get(0);
		SpanData send = spans("send checks").get(0);
		SpanData request = awaitSpans("http post /checks/{kind}", 1).get(0);
		assertThat(send.getParentSpanId()).isEqualTo(request.getSpanId());
		assertThat(send.getKind()).isEqualTo(SpanKind.PRODUCER);
		assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
		assertThat(process.getTraceId()).isEqualTo(request.getTraceId());
		assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(process.getLinks()).isEmpty();
		assertThat(process.getAttributes().get(AttributeKey.stringKey("kind"))).isEqualTo("queue");
		assertThat(process.getAttributes().get(AttributeKey.stringKey("destination"))).isEqualTo("checks");
		assertThat(process.getAttributes().get(AttributeKey.stringKey("listener"))).isEqualTo("checker");
		assertThat(process.getAttributes().get(AttributeKey.stringKey("attempt"))).isEqualTo("1");
		assertThat(process.getAttributes().get(AttributeKey.stringKey("id"))).isNotEmpty();
		// What the handler sends goes on with the trace
		SpanData alert = awaitSpans("process alerts", 1).get(0);
		assertThat(alert.getTraceId()).isEqualTo(request.getTraceId());
		assertThat(alert.getParentSpanId()).isEqualTo(spans("send alerts").get(0).getSpanId());
		assertThat(spans("send alerts").get(0).getParentSpanId()).isEqualTo(process.getSpanId());
		assertThat(awaitSpans("send news", 1).get(0).getParentSpanId()).isEqualTo(alert.getSpanId());
		awaitSpans("process news", 1);
	}

	@Test
	void linksALaterAttemptToTheSender() throws Exception {
		call(webapp, "POST", "/checks/fails-once");
		List<SpanData> attempts = awaitSpans("process checks", 2);
		SpanData send = spans("send checks").get(0);
		assertThat(attempts.get(0).getLinks()).isEmpty();
		assertThat(attempts.get(0).getEvents()).anyMatch((event) -> event.getName().equals("exception"));
		assertThat(attempts.get(1).getTraceId()).isEqualTo(send.getTraceId());
		assertThat(attempts.get(1).getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(send.getSpanId()));
		assertThat(attempts.get(1).getAttributes().get(AttributeKey.stringKey("attempt"))).isEqualTo("2");
	}

	@Test
	void linksABatchToAllItsSenders() throws Exception {
		Platform platform = agent.getBean(Platform.class);
		platform.queue("batches").pause();
		call(webapp, "POST", "/batches/a");
		call(webapp, "POST", "/batches/b");
		List<SpanData> sent = spans("send batches");
		platform.queue("batches").resume();
		SpanData process = awaitSpans("process batches", 1).get(0);
		assertThat(process.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
			.containsExactlyInAnyOrderElementsOf(sent.stream().map(SpanData::getSpanId).toList())
			.hasSize(2);
		assertThat(process.getParentSpanContext().isValid()).isFalse();
	}

	@Test
	void countsForPrometheus() throws Exception {
		call(webapp, "POST", "/checks/fails-once");
		Platform platform = agent.getBean(Platform.class);
		await().until(() -> platform.queue("checks").stats().completed() > 0);
		platform.cache("pages").set("known", 1);
		assertThat(platform.cache("pages").get("known", Integer.class)).contains(1);
		assertThat(platform.cache("pages").get("unknown", Integer.class)).isEmpty();
		call(agent, "GET", "/actuator/prometheus");
		await().untilAsserted(() -> {
			String scraped = call(agent, "GET", "/actuator/prometheus");
			assertThat(scraped).containsPattern(
					"ikigai_process_seconds_count\\{.*destination=\"checks\",error=\"IllegalStateException\",kind=\"queue\",listener=\"checker\",origin=\"web\"} [1-9]")
				.containsPattern(
						"ikigai_process_seconds_count\\{.*destination=\"checks\",error=\"none\",kind=\"queue\",listener=\"checker\",origin=\"web\"} [1-9]")
				.containsPattern("ikigai_send_seconds_count\\{.*destination=\"alerts\".*kind=\"mailbox\".*} [1-9]")
				.containsPattern("ikigai_tasks_claimed_total\\{.*queue=\"checks\"} [1-9]")
				.containsPattern("ikigai_tasks_settled_total\\{.*outcome=\"completed\",queue=\"checks\"} [1-9]")
				.containsPattern("ikigai_tasks_settled_total\\{.*outcome=\"retried\",queue=\"checks\"} [1-9]")
				.containsPattern("ikigai_queue_tasks\\{.*queue=\"checks\",state=\"completed\"} [1-9]")
				.containsPattern("ikigai_queue_oldest_ready_seconds\\{.*queue=\"checks\"} 0")
				.containsPattern("ikigai_cache_gets_total\\{.*region=\"pages\",result=\"hit\"} 1")
				.containsPattern("ikigai_cache_gets_total\\{.*region=\"pages\",result=\"miss\"} 1")
				.containsPattern("ikigai_topics_received_total\\{.*outcome=\"handled\"} [1-9]")
				.containsPattern("ikigai_topics_subscriptions(\\{.*})? 1")
				.containsPattern("ikigai_telemetry_dropped_total(\\{.*})? 0");
		});
	}

	@Test
	void hasADashboardThatShowsWhatThereIs() throws Exception {
		Platform platform = agent.getBean(Platform.class);
		platform.mailbox("alerts").send("fails");
		platform.queue("checks").enqueue("plain");
		assertThat(platform.cache("pages").get("nothing", Integer.class)).isEmpty();
		agent.getBean(WorkMeters.class).lost("checks");
		String dashboard = Files.readString(Path.of("..", "src", "docs", "grafana-dashboard.json"));
		Set<String> shown = Pattern.compile("ikigai_[a-z_]+")
			.matcher(dashboard)
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toSet());
		assertThat(shown).hasSizeGreaterThan(10);
		await().untilAsserted(() -> assertThat(call(agent, "GET", "/actuator/prometheus")).contains(shown));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Traced {

		@Bean
		SpanProcessor collector() {
			return SimpleSpanProcessor.create(exporter);
		}

	}

	@RestController
	@Import(Traced.class)
	static class Webapp {

		private final Platform platform;

		Webapp(Platform platform) {
			this.platform = platform;
		}

		@PostMapping("/checks/{kind}")
		void check(@PathVariable String kind) {
			this.platform.queue("checks").enqueue(kind, TaskOptions.of().withHeader("origin", "web"));
		}

		@PostMapping("/batches/{name}")
		void batch(@PathVariable String name) {
			this.platform.queue("batches").enqueue(name);
		}

	}

	// tag::convention[]
	static class ProcessConventionWithOrigin extends ProcessConvention
			implements GlobalObservationConvention<ProcessContext> {

		@Override
		public KeyValues getLowCardinalityKeyValues(ProcessContext context) {
			String origin = context.headers()
				.stream()
				.map((headers) -> headers.getOrDefault("origin", "unknown"))
				.findFirst()
				.orElse("unknown");
			return super.getLowCardinalityKeyValues(context).and("origin", origin);
		}

	}
	// end::convention[]

	@Import(ProcessConventionWithOrigin.class)
	static class Agent {

		private final Platform platform;

		Agent(Platform platform) {
			this.platform = platform;
		}

		@IkigaiTaskListener(id = "checker", queue = "checks")
		void check(String kind, Task task) {
			if (kind.equals("fails-once") && task.attempt() == 1) {
				throw new IllegalStateException("once");
			}
			this.platform.mailbox("alerts").send(kind);
		}

		@MailboxListener("alerts")
		void alert(String kind) {
			if (kind.equals("fails")) {
				throw new IllegalStateException("always");
			}
			this.platform.pubsub().publish("news", kind);
		}

		@TopicListener(topics = "news")
		void news(String kind) {
			assertThat(kind).isNotEmpty();
		}

		@IkigaiTaskListener(queue = "batches", batch = "10", concurrency = "1")
		void batch(List<String> names) {
			assertThat(names).isNotEmpty();
		}

	}

}
