package io.ikigai.sample.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpServer;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The agent as it runs, on a real PostgreSQL and with a real web site.
 */
@SpringBootTest(properties = "monitoring.allowed-addresses=127.0.0.1,::1")
class MonitoringAgentIntegrationTests {

	private static HttpServer site;

	private static volatile boolean down;

	@Autowired
	private Platform platform;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private WatchedSites watched;

	@DynamicPropertySource
	static void useFreshDatabase(DynamicPropertyRegistry properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		properties.add("spring.datasource.url", database::url);
		properties.add("spring.datasource.username", database::username);
		properties.add("spring.datasource.password", database::password);
	}

	@BeforeAll
	static void startSite() throws IOException {
		site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		sitemap("/sitemap.xml", List.of("/page", "/missing/page", "/other"));
		sitemap("/many.xml", IntStream.range(0, 900).mapToObj((page) -> "/many/" + page).toList());
		site.createContext("/", (exchange) -> {
			String path = exchange.getRequestURI().getPath();
			boolean found = !path.startsWith("/missing") && !(down && path.equals("/flapping"));
			exchange.sendResponseHeaders(found ? 200 : 404, -1);
			exchange.close();
		});
		site.start();
	}

	private static void sitemap(String path, List<String> pages) {
		String text = pages.stream()
			.map((page) -> "<url><loc>" + address(page) + "</loc></url>")
			.collect(Collectors.joining("", "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">",
					"</urlset>"));
		site.createContext(path, (exchange) -> {
			try (exchange) {
				exchange.sendResponseHeaders(200, 0);
				exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
			}
		});
	}

	@AfterAll
	static void stopSite() {
		site.stop(0);
	}

	@Test
	void keepsTheOutcomeInTheTransactionOfTheCompletion() {
		UUID id = queue().enqueue(Map.of("url", address("/")));
		awaitState(id, TaskState.COMPLETED);
		assertThat(check(id)).satisfies((check) -> {
			assertThat(check.url()).hasToString(address("/"));
			assertThat(check.state()).isEqualTo("up");
			assertThat(check.status()).isEqualTo(200);
			assertThat(check.reason()).isNull();
		});
		assertThat(this.jdbc.sql("""
				SELECT d.xmin = t.xmin FROM ikigai_document d JOIN task_queue t ON t.id::text = d.id
				WHERE d.collection = 'site-checks' AND t.id = :id""").param("id", id).query(Boolean.class).single())
			.isTrue();
	}

	@Test
	void doesNotCompleteATaskWhoseOutcomeCanNotBeKept() {
		this.jdbc.sql("ALTER TABLE ikigai_document ADD CONSTRAINT no_room CHECK (value ->> 'url' NOT LIKE '%/no-room')")
			.update();
		UUID id = queue().enqueue(Map.of("url", address("/no-room")));
		TaskInfo task = Waits.await().until(() -> queue().find(id).orElseThrow(), (found) -> found.error() != null);
		assertThat(task.completedAt()).isNull();
		assertThat(task.error()).contains("no_room");
		assertThat(alerts("/no-room")).isEmpty();
		queue().cancel(id);
	}

	@Test
	void tellsThatASiteWentDownAndCameBack() {
		check("/flapping");
		assertThat(alerts("/flapping")).isEmpty();
		down = true;
		check("/flapping");
		check("/flapping");
		down = false;
		check("/flapping");
		check("/flapping");
		assertThat(alerts("/flapping")).containsExactly("down", "up");
	}

	@Test
	void tellsOnceWhateverComesTogether() {
		List<UUID> ids = queue().enqueueAll(Collections.nCopies(20, Map.of("url", address("/missing/together"))));
		ids.forEach((id) -> awaitState(id, TaskState.COMPLETED));
		assertThat(alerts("/missing/together")).containsExactly("down");
		assertThat(ask(Map.of("site", address("/missing/together"))).checks()).hasSize(10);
	}

	@Test
	void answersQuestions() {
		check("/asked");
		check("/missing/asked");
		assertThat(ask(Map.of("site", address("/asked")))).satisfies((answer) -> {
			assertThat(answer.site()).isNotNull();
			assertThat(answer.site().state()).isEqualTo("up");
			assertThat(answer.checks()).hasSize(1);
		});
		// tag::ask[]
		Answer answered = this.platform.mailbox("monitoring-agent")
			.ask(Map.of("search", "\"HTTP status 404\""), Answer.class, Duration.ofSeconds(20))
			.join();
		// end::ask[]
		assertThat(answered.checks())
			.anySatisfy((check) -> assertThat(check.url()).hasToString(address("/missing/asked")))
			.allSatisfy((check) -> assertThat(check.state()).isEqualTo("down"));
		assertThat(ask(Map.of("site", address("/never-checked")))).isEqualTo(new Answer(null, List.of()));
	}

	@Test
	void answersQuestionsInPlainWords() {
		check("/missing/plain");
		check("/weather-forecast-for-the-mountains");
		assertThat(ask(Map.of("ask", "what failed today on 127.0.0.1?")).checks()).isNotEmpty()
			.allSatisfy((check) -> assertThat(check.state()).isEqualTo("down"))
			.allSatisfy((check) -> assertThat(check.host()).isEqualTo("127.0.0.1"));
		assertThat(ask(Map.of("ask", "what failed yesterday?")).checks()).isEmpty();
		assertThat(ask(Map.of("ask", "will it snow on the summits?")).checks().get(0).summary()).contains("weather");
	}

	@Test
	void checksWatchedSitesAgainAndAgain() {
		String url = address("/watched");
		ask(Map.of("watch", url, "every", "PT1S"));
		Waits.await().until(() -> ask(Map.of("site", url)).checks().size() >= 3);
		// As another agent does that starts
		this.watched.resume();
		this.watched.resume();
		assertThat(scheduled(url)).hasSizeLessThanOrEqualTo(1);
		ask(Map.of("unwatch", url));
		Waits.await().until(() -> scheduled(url).isEmpty());
	}

	private List<TaskInfo> scheduled(String url) {
		return queue().list(TaskState.SCHEDULED, 1000).stream().filter((task) -> task.json().contains(url)).toList();
	}

	@Test
	void crawlsASiteAndTellsHowFarItIs() {
		TaskQueue crawls = this.platform.queue("site-crawls");
		UUID id = crawls.enqueue(Map.of("sitemap", address("/sitemap.xml")));
		TaskInfo task = Waits.await()
			.until(() -> crawls.find(id).orElseThrow(), (found) -> found.state() == TaskState.COMPLETED);
		assertThat(task.result()).isEqualToIgnoringWhitespace("{\"down\": 1, \"pages\": 3}");
		assertThat(crawls.progress(id)).hasValueSatisfying((progress) -> {
			assertThat(progress.fraction()).isEqualTo(1);
			assertThat(progress.note()).isEqualTo("3 of 3 pages, 1 down");
		});
		assertThat(ask(Map.of("site", address("/other"))).checks()).hasSize(1);
	}

	@Test
	void endsACrawlThatIsCancelled() {
		TaskQueue crawls = this.platform.queue("site-crawls");
		UUID id = crawls.enqueue(Map.of("sitemap", address("/many.xml")));
		Waits.await().until(() -> crawls.progress(id).isPresent());
		assertThat(crawls.cancel(id)).isTrue();
		UUID next = crawls.enqueue(Map.of("sitemap", address("/sitemap.xml")));
		Waits.await().until(() -> crawls.find(next).orElseThrow().state() == TaskState.COMPLETED);
		assertThat(crawls.find(id).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
		assertThat(crawls.progress(id).orElseThrow().fraction()).isLessThan(1);
	}

	@Test
	void failsACrawlWithoutASitemap() {
		TaskQueue crawls = this.platform.queue("site-crawls");
		UUID id = crawls.enqueue(Map.of("sitemap", address("/missing/sitemap.xml")));
		Waits.await().until(() -> crawls.find(id).orElseThrow().error() != null);
		assertThat(crawls.find(id).orElseThrow().error()).contains("HTTP status 404");
		crawls.cancel(id);
	}

	private Answer ask(Map<String, String> question) {
		return this.platform.mailbox("monitoring-agent").ask(question, Answer.class, Duration.ofSeconds(20)).join();
	}

	private void check(String path) {
		awaitState(queue().enqueue(Map.of("url", address(path))), TaskState.COMPLETED);
	}

	private List<String> alerts(String path) {
		return this.jdbc.sql("""
				SELECT payload ->> 'state' FROM mailbox
				WHERE mailbox_name = 'ops-alerts' AND payload ->> 'url' = :url ORDER BY position""")
			.param("url", address(path))
			.query(String.class)
			.list();
	}

	@Test
	void takesAnErrorOfTheSiteForAnOutcome() {
		UUID id = queue().enqueue(Map.of("url", address("/missing")));
		awaitState(id, TaskState.COMPLETED);
		assertThat(check(id)).satisfies((check) -> {
			assertThat(check.state()).isEqualTo("down");
			assertThat(check.status()).isEqualTo(404);
			assertThat(check.reason()).isEqualTo("HTTP status 404");
		});
	}

	@Test
	void takesARefusedConnectionForAnOutcome() throws IOException {
		UUID id = queue().enqueue(Map.of("url", "http://127.0.0.1:" + unusedPort() + "/"));
		awaitState(id, TaskState.COMPLETED);
		assertThat(check(id)).satisfies((check) -> {
			assertThat(check.state()).isEqualTo("down");
			assertThat(check.status()).isNull();
			assertThat(check.reason()).isEqualTo("connection refused");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://example.org/", "/just/a/path", "https:///nowhere", "mailto:a@example.org" })
	void failsATaskWhoseAddressIsNotOfTheWeb(String address) {
		UUID id = queue().enqueue(Map.of("url", address));
		TaskInfo task = awaitState(id, TaskState.FAILED);
		assertThat(task.error()).contains("must be an absolute http or https address with a host");
		assertThat(task.attempt()).isEqualTo(1);
	}

	@Test
	void failsATaskWithoutAddress() {
		UUID id = queue().enqueue(Map.of("uri", "http://example.org/"));
		assertThat(awaitState(id, TaskState.FAILED).error()).contains("url");
	}

	private TaskQueue queue() {
		return this.platform.queue("monitoring-tasks");
	}

	private TaskInfo awaitState(UUID id, TaskState state) {
		return Waits.await().until(() -> queue().find(id).orElseThrow(), (task) -> task.state() == state);
	}

	private SiteCheck check(UUID id) {
		return this.platform.storage()
			.documents(SiteCheck.COLLECTION, SiteCheck.class)
			.get(id.toString())
			.orElseThrow()
			.value();
	}

	private static String address(String path) {
		return "http://127.0.0.1:" + site.getAddress().getPort() + path;
	}

	private static int unusedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
