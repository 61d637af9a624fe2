package io.ikigai.sample.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import com.sun.net.httpserver.HttpServer;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.awaitility.Awaitility;
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
@SpringBootTest
class MonitoringAgentIntegrationTests {

	private static HttpServer site;

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

	@BeforeAll
	static void startSite() throws IOException {
		site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		site.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/") ? 200 : 404, -1);
			exchange.close();
		});
		site.start();
	}

	@AfterAll
	static void stopSite() {
		site.stop(0);
	}

	@Test
	void storesTheOutcomeInTheTransactionOfTheCompletion() {
		UUID id = queue().enqueue(Map.of("url", address("/")));
		awaitState(id, TaskState.COMPLETED);
		Map<String, Object> row = this.jdbc.sql("""
				SELECT s.url, s.state, s.status, s.reason, s.xmin = t.xmin AS same_transaction
				FROM site_check s JOIN task_queue t ON t.id = s.task_id WHERE s.task_id = :id""")
			.param("id", id)
			.query()
			.singleRow();
		assertThat(row).containsEntry("url", address("/"))
			.containsEntry("state", "up")
			.containsEntry("status", 200)
			.containsEntry("reason", null)
			.containsEntry("same_transaction", true);
	}

	@Test
	void doesNotCompleteATaskWhoseOutcomeCanNotBeStored() {
		UUID id = UUID.randomUUID();
		this.jdbc.sql("INSERT INTO site_check (task_id, url, state, millis) VALUES (:id, 'taken', 'up', 1)")
			.param("id", id)
			.update();
		this.jdbc.sql("""
				INSERT INTO task_queue (id, queue_name, payload)
				VALUES (:id, 'monitoring-tasks', json_build_object('url', :url::text)::jsonb)""")
			.param("id", id)
			.param("url", address("/"))
			.update();
		TaskInfo task = Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> queue().find(id).orElseThrow(), (found) -> found.error() != null);
		assertThat(task.completedAt()).isNull();
		assertThat(task.error()).contains("site_check");
		queue().cancel(id);
	}

	@Test
	void takesAnErrorOfTheSiteForAnOutcome() {
		UUID id = queue().enqueue(Map.of("url", address("/missing")));
		awaitState(id, TaskState.COMPLETED);
		assertThat(outcome(id)).containsEntry("state", "down")
			.containsEntry("status", 404)
			.containsEntry("reason", "HTTP status 404");
	}

	@Test
	void takesARefusedConnectionForAnOutcome() throws IOException {
		UUID id = queue().enqueue(Map.of("url", "http://127.0.0.1:" + unusedPort() + "/"));
		awaitState(id, TaskState.COMPLETED);
		assertThat(outcome(id)).containsEntry("state", "down")
			.containsEntry("status", null)
			.containsEntry("reason", "connection refused");
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
		return Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> queue().find(id).orElseThrow(), (task) -> task.state() == state);
	}

	private Map<String, Object> outcome(UUID id) {
		return this.jdbc.sql("SELECT * FROM site_check WHERE task_id = :id").param("id", id).query().singleRow();
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
