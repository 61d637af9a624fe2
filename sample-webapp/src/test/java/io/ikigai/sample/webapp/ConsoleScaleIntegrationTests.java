package io.ikigai.sample.webapp;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.ikigai.platform.testing.Waits;
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
import org.springframework.web.util.HtmlUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console over tables with much in them: each page shows a bounded part of it, and
 * all counts in the end.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "console.operator-password=may-operate")
class ConsoleScaleIntegrationTests {

	private static final Pattern TASK = Pattern.compile("data-task=\"([^\"]+)\"");

	private static final Pattern OLDER = Pattern.compile("id=\"older\"[^>]*href=\"([^\"]+)\"");

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	private ConsoleClient operator;

	@DynamicPropertySource
	static void useFreshDatabase(DynamicPropertyRegistry properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		properties.add("spring.datasource.url", database::url);
		properties.add("spring.datasource.username", database::username);
		properties.add("spring.datasource.password", database::password);
	}

	@BeforeEach
	void load() throws Exception {
		this.operator = new ConsoleClient(URI.create("http://127.0.0.1:" + this.port)).login("operator", "may-operate");
		if (!this.jdbc.sql("SELECT 1 FROM task_queue LIMIT 1").query(Integer.class).list().isEmpty()) {
			return;
		}
		this.jdbc.sql("""
				INSERT INTO task_queue (queue_name, payload, created_at, claimed_by, claimed_at, completed_at)
				SELECT 'bulk', jsonb_build_object('number', n), now() - n * interval '0.1 s', 'worker', now(), now()
				FROM generate_series(100000, 1, -1) n""").update();
		this.jdbc.sql("""
				INSERT INTO ikigai_document (collection, id, value)
				SELECT 'articles', 'a' || n, jsonb_build_object('title', 'article ' || n, 'text', 'quick foxes')
				FROM generate_series(1, 20000) n""").update();
		this.jdbc.sql("""
				INSERT INTO telemetry (agent_name, event_type, payload, created_at)
				SELECT 'worker-' || n % 5, 'measured', jsonb_build_object('millis', n % 100),
				now() - n * interval '0.01 s' FROM generate_series(200000, 1, -1) n""").update();
	}

	@ParameterizedTest
	@CsvSource({ "/queues, X, 1", "/queue?name=bulk, data-task=, 25", "/queue?name=bulk&state=failed, data-task=, 0",
			"/collection?name=articles, /document?, 50", "/telemetry?window=1h, id=\"event-, 30" })
	void showsAPartOfIt(String path, String row, int rows) {
		Waits.await().untilAsserted(() -> {
			HttpResponse<String> page = this.operator.get(path);
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.body()).doesNotContain("counting…");
			assertThat(page.body().split(Pattern.quote(row), -1)).hasSize(rows + 1);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/queue?name=bulk               | 100,000
			/storage                       | 20,000
			/telemetry?type=measured&window=1h&agent=worker-1 | Events, each minute: together
			""")
	void countsAllOfIt(String path, String number) {
		Waits.await().untilAsserted(() -> assertThat(this.operator.get(path).body()).contains(number));
	}

	@Test
	void findsTheOldestTaskByItsText() throws Exception {
		String path = "/queue?name=bulk&q=" + ConsoleClient.encode("\"number\": 99999");
		Set<String> found = new HashSet<>();
		while (path != null) {
			String page = this.operator.page(path);
			TASK.matcher(page).results().map((task) -> task.group(1)).forEach(found::add);
			path = OLDER.matcher(page)
				.results()
				.findFirst()
				.map((MatchResult link) -> HtmlUtils.htmlUnescape(link.group(1)))
				.orElse(null);
		}
		assertThat(found).hasSize(1);
	}

	@Test
	void searchesDocuments() throws Exception {
		String page = this.operator.page("/collection?name=articles&q=fox");
		assertThat(hits(page, "Words")).isEqualTo(20);
		assertThat(hits(page, "Meaning")).isZero();
		assertThat(hits(page, "Both")).isEqualTo(20);
	}

	private static int hits(String page, String search) {
		String section = page.substring(page.indexOf("aria-label=\"%s\"".formatted(search)));
		return section.substring(0, section.indexOf("</section>")).split("class=\"score\"", -1).length - 1;
	}

}
