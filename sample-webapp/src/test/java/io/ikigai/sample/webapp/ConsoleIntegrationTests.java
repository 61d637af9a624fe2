package io.ikigai.sample.webapp;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The console as it runs, on a real PostgreSQL, asked over HTTP; no agent is there.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ConsoleIntegrationTests {

	private static final String ATTACK = "<script>alert('x')</script>";

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private Platform platform;

	@Autowired
	private JdbcClient jdbc;

	@DynamicPropertySource
	static void useFreshDatabase(DynamicPropertyRegistry properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		properties.add("spring.datasource.url", database::url);
		properties.add("spring.datasource.username", database::username);
		properties.add("spring.datasource.password", database::password);
	}

	@BeforeEach
	void removeTasks() {
		this.jdbc.sql("DELETE FROM task_queue").update();
		queue().resume();
	}

	@Test
	void showsAnEmptyConsole() throws Exception {
		HttpResponse<String> page = get("/");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.body()).contains("Queue checks")
			.contains("&quot;tasks&quot;:[]")
			.contains("monitoring-console")
			.contains("&quot;name&quot;:&quot;postgres&quot;");
	}

	@Test
	void queuesAPastedListWithPriorityAndDelay() throws Exception {
		HttpResponse<String> answer = post("/checks", Map.of("urls",
				" https://example.org/ \r\n\r\nhttp://example.com:8080/x?y=z\r\n", "priority", "7", "delay", "3600"));
		assertThat(answer.statusCode()).isEqualTo(302);
		assertThat(answer.headers().firstValue("Location")).get().asString().endsWith("/?queued=2");
		List<TaskInfo> tasks = queue().list(TaskState.SCHEDULED, 10);
		assertThat(tasks).extracting(TaskInfo::priority).containsExactly(7, 7);
		assertThat(tasks).extracting((task) -> task.json().replace(" ", ""))
			.containsExactlyInAnyOrder("{\"url\":\"https://example.org/\"}",
					"{\"url\":\"http://example.com:8080/x?y=z\"}");
		assertThat(tasks).allSatisfy((task) -> assertThat(task.scheduledFor())
			.isCloseTo(task.createdAt().plus(Duration.ofHours(1)), within(1, ChronoUnit.SECONDS)));
		assertThat(get("/?queued=2").body()).contains("2 checks queued.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                      | 0   | 0      | Give at least one address.
			ftp://example.org       | 0   | 0      | Line 1 must begin with http:// or https://: ftp://example.org
			example.org             | 0   | 0      | Line 1 must begin with http:// or https://: example.org
			https://                | 0   | 0      | Line 1 is not a web address
			https://exa mple.org    | 0   | 0      | Line 1 is not a web address
			https:///path           | 0   | 0      | Line 1 has no valid host name: https:///path
			https://example.org     | 10  | 0      | Priority must be from 0 to 9
			https://example.org     | -1  | 0      | Priority must be from 0 to 9
			https://example.org     | top | 0      | Priority must be a whole number
			https://example.org     | ''  | 0      | Priority must be given
			https://example.org     | 0   | -1     | Delay must be from 0 to 604800, a week
			https://example.org     | 0   | 604801 | Delay must be from 0 to 604800, a week
			https://example.org     | 0   | 1e3    | Delay must be a whole number
			""")
	void showsWhatIsWrongAndQueuesNothing(String urls, String priority, String delay, String message) throws Exception {
		HttpResponse<String> page = post("/checks", Map.of("urls", urls, "priority", priority, "delay", delay));
		assertThat(page.statusCode()).isEqualTo(422);
		assertThat(page.body()).contains(message).contains(">" + urls + "</textarea>");
		assertThat(this.platform.queues()).isEmpty();
	}

	@Test
	void queuesNothingIfOneLineIsWrong() throws Exception {
		HttpResponse<String> page = post("/checks", Map.of("urls",
				"https://example.org\n" + ATTACK + "\nhttps://example.com", "priority", "0", "delay", "0"));
		assertThat(page.statusCode()).isEqualTo(422);
		assertThat(page.body()).contains("Line 2 is not a web address").doesNotContain(ATTACK);
		assertThat(this.platform.queues()).isEmpty();
	}

	@Test
	void escapesWhatATaskSays() throws Exception {
		queue().enqueue(Map.of("url", ATTACK));
		assertThat(get("/").body()).contains("alert(").doesNotContain(ATTACK);
	}

	@Test
	void showsTasksOfOtherForms() throws Exception {
		queue().enqueue(List.of("no", "address"));
		assertThat(get("/").body()).contains("address").contains("READY");
	}

	@Test
	void sendsChangesToTheBrowser() throws Exception {
		HttpResponse<Stream<String>> events = this.http.send(request("/events").build(), BodyHandlers.ofLines());
		assertThat(events.headers().firstValue("Content-Type")).get().asString().startsWith("text/event-stream");
		try (Stream<String> lines = events.body()) {
			Iterator<String> states = lines.filter((line) -> line.startsWith("data:")).iterator();
			assertThat(states.next()).contains("\"tasks\":[]");
			UUID id = queue().enqueue(Map.of("url", "https://example.org/"));
			await(states, id, "READY");
			queue().cancel(id);
			await(states, id, "CANCELLED");
		}
	}

	@Test
	void cancelsATask() throws Exception {
		UUID id = queue().enqueue(Map.of("url", "https://example.org/"));
		assertThat(post("/tasks/" + id + "/cancel", Map.of()).statusCode()).isEqualTo(204);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.CANCELLED);
	}

	@Test
	void retriesAFailedTask() throws Exception {
		UUID id = queue().enqueue(Map.of("url", "https://example.org/"), TaskOptions.of().withMaxAttempts(1));
		queue().claim().ifPresent((task) -> task.fail("no luck"));
		assertThat(get("/").body()).contains("no luck");
		assertThat(post("/tasks/" + id + "/retry", Map.of()).statusCode()).isEqualTo(204);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.READY);
	}

	@Test
	void pausesAndResumesTheQueue() throws Exception {
		queue().enqueue(Map.of("url", "https://example.org/"));
		assertThat(post("/queue/pause", Map.of()).statusCode()).isEqualTo(204);
		assertThat(queue().claim()).isEmpty();
		assertThat(post("/queue/resume", Map.of()).statusCode()).isEqualTo(204);
		assertThat(queue().claim()).get().extracting(Task::queue).isEqualTo(ConsoleApplication.QUEUE);
	}

	@ParameterizedTest
	@CsvSource({ "Sec-Fetch-Site, cross-site", "Sec-Fetch-Site, same-site", "Origin, https://example.org",
			"Origin, null" })
	void refusesRequestsFromOtherSites(String header, String value) throws Exception {
		UUID id = queue().enqueue(Map.of("url", "https://example.org/"));
		HttpRequest request = request("/tasks/" + id + "/cancel").POST(BodyPublishers.noBody())
			.header(header, value)
			.build();
		assertThat(this.http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.READY);
	}

	@ParameterizedTest
	@CsvSource({ "Sec-Fetch-Site, same-origin", "Origin, http://127.0.0.1:{port}" })
	void acceptsRequestsOfItsOwnPage(String header, String value) throws Exception {
		HttpRequest request = request("/queue/resume").POST(BodyPublishers.noBody())
			.header(header, value.replace("{port}", String.valueOf(this.port)))
			.build();
		assertThat(this.http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
	}

	@Test
	void allowsNoScriptButItsOwnFile() throws Exception {
		HttpResponse<String> page = get("/");
		assertThat(page.headers().firstValue("Content-Security-Policy")).get()
			.asString()
			.contains("default-src 'none'; script-src 'self';")
			.doesNotContain("unsafe");
		assertThat(page.body()).containsOnlyOnce("<script")
			.contains("<script src=\"/console.js\" defer></script>")
			.doesNotContain(" style=")
			.doesNotContain(" onclick=");
		assertThat(get("/console.js").statusCode()).isEqualTo(200);
		assertThat(get("/console.css").statusCode()).isEqualTo(200);
		assertThat(get("/colours.css").statusCode()).isEqualTo(200);
	}

	@Test
	void offersThePlatformsStateAndHealth() throws Exception {
		assertThat(get("/actuator/ikigai").body()).contains("\"queues\":\"postgres\"").contains("monitoring-console");
		assertThat(get("/actuator/health").body()).contains("\"status\":\"UP\"");
		assertThat(get("/actuator/env").statusCode()).isEqualTo(404);
	}

	private TaskQueue queue() {
		return this.platform.queue(ConsoleApplication.QUEUE);
	}

	private static void await(Iterator<String> states, UUID id, String state) {
		String latest = states.next();
		while (!latest.contains(id.toString()) || !latest.contains("\"" + state + "\"")) {
			latest = states.next();
		}
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.http.send(request(path).build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String path, Map<String, String> form) throws IOException, InterruptedException {
		String body = String.join("&",
				form.entrySet()
					.stream()
					.map((field) -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
					.toList());
		return this.http.send(request(path).POST(BodyPublishers.ofString(body))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.build(), BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(30));
	}

}
