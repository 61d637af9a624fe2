package io.ikigai.sample.webapp;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.util.HtmlUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The console as it runs, on a real PostgreSQL, asked over HTTP; no agent is there.
 */
class ConsoleIntegrationTests extends ConsoleKit {

	private static final String ATTACK = "<script>alert('x')</script>";

	@BeforeEach
	void begin() {
		this.jdbc.sql("DELETE FROM task_queue").update();
		queue().resume();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/queues", "/queue?name=monitoring-tasks", "/mailboxes", "/mailbox?name=ops",
			"/agents", "/storage", "/collection?name=notes", "/telemetry", "/events", "/actuator/ikigai" })
	void asksWhoeverComesToLogIn(String path) throws Exception {
		HttpResponse<String> answer = client().get(path);
		assertThat(answer.statusCode()).isEqualTo(302);
		assertThat(answer.headers().firstValue("Location")).get().asString().endsWith("/login");
	}

	@Test
	void refusesAWrongPassword() throws Exception {
		ConsoleClient client = client().login("operator", "may-operate");
		HttpResponse<String> answer = client.post("/login", Map.of("username", "operator", "password", "wrong"));
		assertThat(answer.headers().firstValue("Location")).get().asString().endsWith("/login?error");
		assertThat(client.get("/login?error").body()).contains("User or password is wrong");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/queues", "/queue?name=monitoring-tasks", "/mailboxes", "/mailbox?name=ops",
			"/agents", "/agent?name=monitoring-console", "/storage", "/collection?name=notes",
			"/collection?name=notes&q=word", "/telemetry", "/telemetry?type=log&metric=millis&with=p95&window=24h" })
	void showsEveryPageOfAnEmptyPlatform(String path) throws Exception {
		HttpResponse<String> page = this.operator.get(path);
		assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
		assertThat(page.body()).contains("<!DOCTYPE html>")
			.contains("<main id=\"main\"")
			.doesNotContain(" style=")
			.doesNotContain(" onclick=")
			.doesNotContain("<script>");
		assertThat(page.headers().firstValue("Content-Security-Policy")).get()
			.asString()
			.contains("default-src 'none'; script-src 'self'; style-src 'self';")
			.doesNotContain("unsafe");
		assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
	}

	@Test
	void showsEachServiceWithItsBackendAndGuarantees() throws Exception {
		assertThat(text("/")).contains("enqueue atomic").contains("emit best effort").contains("postgres works");
	}

	@Test
	void offersReadersNothingToOperateAndRefusesIt() throws Exception {
		UUID id = queue().enqueue(Map.of("url", "https://example.org/"));
		ConsoleClient reader = client().login("reader", "may-read");
		assertThat(reader.page("/queue?name=monitoring-tasks&q=example")).contains("https://example.org/")
			.doesNotContain("/queue/pause")
			.doesNotContain("/queue/enqueue");
		assertThat(reader.get(task(id)).body()).doesNotContain("/task/cancel");
		for (String path : List.of("/queue/enqueue", "/queue/pause", "/queue/resume", "/queue/retry-failed",
				"/task/cancel", "/task/retry", "/mailbox/send", "/mailbox/ask")) {
			HttpResponse<String> answer = reader.post(path, Map.of("name", "monitoring-tasks", "queue",
					"monitoring-tasks", "id", id.toString(), "payload", "{}", "payloads", "{}"));
			assertThat(answer.statusCode()).as(path).isEqualTo(403);
		}
		assertThat(reader.get("/actuator/ikigai").statusCode()).isEqualTo(403);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.READY);
		assertThat(queue().paused()).isFalse();
	}

	@Test
	void refusesFormsWithoutTheirToken() throws Exception {
		UUID id = queue().enqueue(Map.of("url", "https://example.org/"));
		this.operator.forgetToken();
		assertThat(operate("/task/cancel", id).statusCode()).isEqualTo(403);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.READY);
	}

	@Test
	void enqueuesAListWithPriorityAndDelay() throws Exception {
		HttpResponse<String> answer = enqueue(
				" https://example.org/ \r\n\r\n{\"url\": \"http://example.com:8080/x?y=z\"}\r\n", "7", "3600");
		assertThat(answer.statusCode()).isEqualTo(302);
		List<TaskInfo> tasks = queue().list(TaskState.SCHEDULED, 10);
		assertThat(tasks).extracting(TaskInfo::priority).containsExactly(7, 7);
		assertThat(tasks).extracting((task) -> task.json().replace(" ", ""))
			.containsExactlyInAnyOrder("{\"url\":\"https://example.org/\"}",
					"{\"url\":\"http://example.com:8080/x?y=z\"}");
		assertThat(tasks).allSatisfy((task) -> assertThat(task.scheduledFor())
			.isCloseTo(task.createdAt().plus(Duration.ofHours(1)), within(Waits.LIMIT)));
		assertThat(this.operator.get("/queue?name=monitoring-tasks").body()).contains("2 tasks enqueued.");
	}

	@Test
	void enqueuesOneValueOfManyLines() throws Exception {
		assertThat(enqueue("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}", "0", "0").statusCode()).isEqualTo(302);
		assertThat(queue().list(TaskState.READY, 10)).extracting((task) -> task.json().replace(" ", ""))
			.containsExactly("{\"a\":1,\"b\":[2]}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                      | 0   | 0      | Give at least one payload.
			ftp://example.org       | 0   | 0      | Line 1 must begin with http:// or https://: ftp://example.org
			example.org             | 0   | 0      | Line 1 is not JSON
			{\"a\": 1               | 0   | 0      | Line 1 is not JSON
			null                    | 0   | 0      | Line 1 is nothing
			https://exa mple.org    | 0   | 0      | Line 1 is not a web address
			https:///path           | 0   | 0      | Line 1 has no valid host name: https:///path
			https://example.org     | 10  | 0      | Priority must be a whole number from 0 to 9
			https://example.org     | top | 0      | Priority must be a whole number from 0 to 9
			https://example.org     | ''  | 0      | Priority must be a whole number from 0 to 9
			https://example.org     | 0   | -1     | Delay must be a whole number from 0 to 604800, a week
			https://example.org     | 0   | 604801 | Delay must be a whole number from 0 to 604800, a week
			https://example.org     | 0   | 1e3    | Delay must be a whole number from 0 to 604800, a week
			""")
	void showsWhatIsWrongAndEnqueuesNothing(String payloads, String priority, String delay, String message)
			throws Exception {
		HttpResponse<String> page = enqueue(payloads, priority, delay);
		assertThat(page.statusCode()).isEqualTo(422);
		assertThat(HtmlUtils.htmlUnescape(page.body())).contains(message).contains(">" + payloads + "</textarea>");
		assertThat(this.platform.queues()).isEmpty();
	}

	@Test
	void enqueuesNothingIfOneLineIsWrong() throws Exception {
		HttpResponse<String> page = enqueue("https://example.org\n" + ATTACK + "\nhttps://example.com", "0", "0");
		assertThat(page.statusCode()).isEqualTo(422);
		assertThat(page.body()).contains("Line 2 is not JSON").doesNotContain(ATTACK);
		assertThat(this.platform.queues()).isEmpty();
	}

	@Test
	void findsTasksByStateAndText() throws Exception {
		queue().enqueueAll(List.of(Map.of("word", "apple"), Map.of("word", "pear")));
		queue().enqueue(Map.of("word", "apple later"), TaskOptions.of().withDelay(Duration.ofHours(1)));
		assertThat(text("/queue?name=monitoring-tasks&q=word")).contains("word: apple").contains("word: pear");
		assertThat(text("/queue?name=monitoring-tasks&q=APPLE&state=ready")).contains("word: apple")
			.doesNotContain("word: pear")
			.doesNotContain("apple later");
	}

	@Test
	void pagesThroughTasks() throws Exception {
		queue().enqueueAll(Stream.iterate(100, (number) -> number + 1).limit(60).toList());
		String path = "/queue?name=monitoring-tasks&q=1";
		int rows = 0;
		int pages = 0;
		while (path != null) {
			String page = this.operator.page(path);
			rows += page.split("data-task=", -1).length - 1;
			pages++;
			path = link(page, "id=\"older\"");
		}
		assertThat(rows).isEqualTo(60);
		assertThat(pages).isGreaterThanOrEqualTo(3);
	}

	@Test
	void showsATaskWithItsErrorAndRetriesIt() throws Exception {
		UUID id = queue().enqueue(Map.of("url", ATTACK),
				TaskOptions.of()
					.withMaxAttempts(1)
					.withHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
		queue().claim().ifPresent((task) -> task.fail("no luck " + ATTACK + "\n\tat somewhere"));
		String page = this.operator.page(task(id));
		assertThat(page).contains("alert(").contains("no luck").contains("at somewhere").doesNotContain(ATTACK);
		assertThat(page).contains("<code>0af7651916cd43dd8448eb211c80319c</code>");
		assertThat(text(task(id))).contains("claimed by monitoring-console").contains("failed after 1 of 1 attempts");
		assertThat(operate("/task/retry", id).statusCode()).isEqualTo(302);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.READY);
	}

	@Test
	void retriesAllThatFailed() throws Exception {
		queue().enqueueAll(List.of(1, 2, 3), TaskOptions.of().withMaxAttempts(1));
		queue().claim(3).forEach((task) -> task.fail("no luck"));
		this.operator.post("/queue/retry-failed", Map.of("name", "monitoring-tasks"));
		assertThat(this.operator.get("/queue?name=monitoring-tasks").body())
			.contains("3 failed tasks are back in the queue.");
		assertThat(queue().list(TaskState.READY, 10)).hasSize(3);
	}

	@Test
	void cancelsATask() throws Exception {
		UUID id = queue().enqueue(Map.of("url", "https://example.org/"));
		assertThat(operate("/task/cancel", id).statusCode()).isEqualTo(302);
		assertThat(queue().find(id)).get().extracting(TaskInfo::state).isEqualTo(TaskState.CANCELLED);
		assertThat(this.operator.get(task(id)).body()).contains("Cancelled.");
	}

	@Test
	void pausesAndResumesTheQueue() throws Exception {
		queue().enqueue(Map.of("url", "https://example.org/"));
		this.operator.post("/queue/pause", Map.of("name", "monitoring-tasks"));
		assertThat(queue().claim()).isEmpty();
		this.operator.post("/queue/resume", Map.of("name", "monitoring-tasks"));
		assertThat(queue().claim()).get().extracting(Task::queue).isEqualTo(ConsoleApplication.QUEUE);
	}

	@Test
	void sendsAMessage() throws Exception {
		this.operator.post("/mailbox/send",
				Map.of("name", "letters", "payload", "{\"hello\": \"%s\"}".formatted(ATTACK)));
		Waits.await()
			.untilAsserted(() -> assertThat(this.operator.get("/mailbox?name=letters").body()).contains("hello")
				.contains("monitoring-console")
				.doesNotContain(ATTACK));
		MailboxMessage message = this.platform.mailbox("letters").receive().orElseThrow();
		assertThat(message.json()).contains("hello");
		message.acknowledge();
	}

	@Test
	void tellsWhatIsWrongWithAMessage() throws Exception {
		HttpResponse<String> page = this.operator.post("/mailbox/send", Map.of("name", "letters", "payload", "{"));
		assertThat(page.body()).contains("The message is not JSON");
	}

	@Test
	void tellsThatThereIsNoSuchTaskAgentOrDocument() throws Exception {
		for (String path : List.of(task(UUID.randomUUID()), "/agent?name=nobody",
				"/document?collection=notes&id=none")) {
			HttpResponse<String> page = this.operator.get(path);
			assertThat(page.statusCode()).as(path).isEqualTo(404);
		}
	}

	@Test
	void showsAndSearchesDocuments() throws Exception {
		this.platform.storage()
			.documents("notes", Object.class)
			.putAll(Map.of("one", Map.of("text", "the quick brown fox " + ATTACK), "two",
					Map.of("text", "a lazy dog")));
		String list = this.operator.get("/collection?name=notes").body();
		assertThat(list).contains("quick brown fox").contains("a lazy dog").doesNotContain(ATTACK);
		String found = this.operator.page("/collection?name=notes&q=fox");
		assertThat(found).contains("<mark>fox</mark>").doesNotContain(ATTACK).doesNotContain("a lazy dog");
		assertThat(this.operator.get("/document?collection=notes&id=one").body()).contains("quick brown fox")
			.doesNotContain(ATTACK);
	}

	@Test
	void pagesThroughDocuments() throws Exception {
		Map<String, Object> values = new HashMap<>();
		for (int number = 100; number < 220; number++) {
			values.put("n" + number, Map.of("number", number));
		}
		this.platform.storage().documents("numbers", Object.class).putAll(values);
		String page = this.operator.get("/collection?name=numbers").body();
		assertThat(page).contains("number: 149").doesNotContain("number: 150");
		assertThat(this.operator.get(link(page, "id=\"older\"")).body()).contains("number: 150")
			.contains("number: 199")
			.doesNotContain("number: 149");
	}

	@Test
	void showsTelemetryBySearchAndAsASeries() throws Exception {
		this.platform.telemetry().emit("measured", Map.of("millis", 42, "note", "needle " + ATTACK));
		this.platform.telemetry().emit("measured", Map.of("millis", 7, "note", "straw"));
		this.platform.telemetry().flush();
		String page = this.operator.page("/telemetry?type=measured&q=needle&metric=millis&with=max");
		assertThat(page).contains("needle").doesNotContain("straw").doesNotContain(ATTACK);
		assertThat(page).contains("max of millis, each 15 s: now 42.0, at most 42.0");
	}

	@Test
	void tellsBrowsersWhatHasChanged() throws Exception {
		try (Stream<String> lines = this.operator.events()) {
			Iterator<String> news = lines.filter((line) -> line.startsWith("data:")).iterator();
			assertThat(news.next()).contains("start");
			this.operator.get("/queues");
			queue().enqueue(Map.of("url", "https://example.org/"));
			await(news, "queues");
			this.platform.pubsub().publish("site-checks", Map.of("url", "https://example.org/", "state", "up"));
			await(news, "news");
		}
		Waits.await()
			.untilAsserted(() -> assertThat(text("/")).contains("url: https://example.org/").contains("state: up"));
	}

	@Test
	void offersHealthToEverybodyAndItsDetailsToOperators() throws Exception {
		assertThat(client().get("/actuator/health").body()).contains("\"status\":\"UP\"").doesNotContain("components");
		assertThat(this.operator.get("/actuator/health").body()).contains("components");
		assertThat(this.operator.get("/actuator/ikigai").body()).contains("\"queues\":\"postgres\"");
		assertThat(this.operator.get("/actuator/env").statusCode()).isEqualTo(404);
	}

	private TaskQueue queue() {
		return this.platform.queue(ConsoleApplication.QUEUE);
	}

	private HttpResponse<String> enqueue(String payloads, String priority, String delay) throws Exception {
		return this.operator.post("/queue/enqueue",
				Map.of("name", "monitoring-tasks", "payloads", payloads, "priority", priority, "delay", delay));
	}

	private HttpResponse<String> operate(String path, UUID id) throws Exception {
		return this.operator.post(path, Map.of("queue", "monitoring-tasks", "id", id.toString()));
	}

	private static String task(UUID id) {
		return "/task?queue=monitoring-tasks&id=" + id;
	}

	/**
	 * What a person reads on a page.
	 */
	private String text(String path) throws Exception {
		return HtmlUtils.htmlUnescape(this.operator.page(path).replaceAll("<[^>]*>", " ")).replaceAll("\\s+", " ");
	}

	private static String link(String page, String attribute) {
		int start = page.indexOf(attribute);
		if (start < 0) {
			return null;
		}
		int address = page.indexOf("href=\"", start) + "href=\"".length();
		return HtmlUtils.htmlUnescape(page.substring(address, page.indexOf('"', address)));
	}

	private static void await(Iterator<String> news, String area) {
		String latest = news.next();
		while (!latest.contains(area)) {
			latest = news.next();
		}
	}

}
