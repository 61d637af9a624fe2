package io.ikigai.platform.autoconfigure;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.Platform;
import io.ikigai.platform.embedded.SocketServer;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A server on a Unix socket, and the sockets of connections that listen: over TCP, TLS
 * and the Unix socket.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnixSocketIntegrationTests {

	@TempDir
	static Path directory;

	private static SocketServer server;

	@BeforeAll
	static void start() throws Exception {
		try (ServerSocket free = new ServerSocket(0)) {
			int port = free.getLocalPort();
			free.close();
			server = new SocketServer(directory, port);
		}
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void carriesPoolAndNotificationsAndSurvivesLoss() throws Exception {
		Path conf = Files.writeString(directory.resolve("ikigai.conf"), """
				[postgres]
				url = %s
				username = %s
				password = "%s"
				""".formatted(server.socketUrl(), server.username(), server.password()));
		JdbcTemplate byTcp = new JdbcTemplate(
				new DriverManagerDataSource(server.jdbcUrl(), server.username(), server.password()));
		try (ConfigurableApplicationContext context = TestApplication.run(Handler.class,
				"--spring.config.import=ikigai:" + conf, "--logging.level.com.zaxxer.hikari=error")) {
			Handler handler = context.getBean(Handler.class);
			Platform platform = context.getBean(Platform.class);
			platform.queue("by-socket").enqueue(Map.of("n", 1));
			Waits.next("a handled task", handler.handled);
			assertThat(byTcp.queryForList("""
					SELECT DISTINCT application_name FROM pg_stat_activity
					WHERE datname = 'ikigai' AND client_addr IS NULL AND backend_type = 'client backend'""",
					String.class))
				.contains("ikigai-listen", "PostgreSQL JDBC Driver");
			assertThat(byTcp.queryForObject("""
					SELECT count(*) FROM pg_stat_activity
					WHERE client_addr IS NOT NULL AND pid <> pg_backend_pid()""", Integer.class)).isZero();
			byTcp.queryForList("""
					SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE datname = 'ikigai' AND pid <> pg_backend_pid()""");
			await().until(() -> byTcp.queryForObject(
					"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ikigai-listen'",
					Integer.class) == 1);
			byTcp.update("INSERT INTO task_queue (queue_name, payload) VALUES ('by-socket', '{\"n\": 2}')");
			Waits.next("a handled task", handler.handled);
		}
	}

	@Test
	void namesTheSocketThatNobodyListensOn(CapturedOutput output) {
		String url = server.socketUrl().replaceAll("port=\\d+", "port=1");
		assertThatException().isThrownBy(() -> TestApplication.run("--ikigai.postgres.url=" + url,
				"--spring.datasource.hikari.connection-timeout=1000"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(".s.PGSQL.1")
			.contains("unix_socket_directories")
			.contains("ikigai.postgres.url");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tcp", "tls", "socket" })
	void handsOutAllNotifications(String way) throws Exception {
		String url = switch (way) {
			case "socket" -> PostgresUrl.parse("key", server.socketUrl()).jdbcUrl();
			case "tls" -> server.jdbcUrl() + "&sslmode=require";
			default -> server.jdbcUrl() + "&sslmode=disable";
		};
		try (Connection listening = DriverManager.getConnection(ListenSocketFactory.addedTo(url, new Properties()),
				server.username(), server.password());
				Connection sending = DriverManager.getConnection(server.jdbcUrl(), server.username(),
						server.password())) {
			if (way.equals("tls")) {
				assertThat(new JdbcTemplate(new SingleConnectionDataSource(listening, true))
					.queryForObject("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", Boolean.class))
					.isTrue();
			}
			listening.createStatement().execute("LISTEN news");
			PGConnection notifications = listening.unwrap(PGConnection.class);
			assertThat(notifications.getNotifications()).isNullOrEmpty();
			for (int round = 0; round < 50; round++) {
				sending.createStatement()
					.execute("SELECT pg_notify('news', repeat('x', 2000) || n) FROM generate_series(1, 40) n");
				assertThat(received(notifications, 40)).hasSize(40).doesNotHaveDuplicates();
			}
			assertThat(notifications.getNotifications(50)).isNullOrEmpty();
			assertThat(listening.createStatement().executeQuery("SELECT repeat('x', 1000000)").next()).isTrue();
		}
	}

	private static List<String> received(PGConnection notifications, int count) throws Exception {
		List<String> received = new ArrayList<>();
		while (received.size() < count) {
			PGNotification[] some = notifications.getNotifications(10_000);
			assertThat(some).as("after " + received.size()).isNotEmpty();
			for (PGNotification one : some) {
				received.add(one.getParameter());
			}
		}
		return received;
	}

	@Test
	void keepsTheSocketFactoryOfTheAddress() {
		String url = "jdbc:postgresql://host/db";
		Properties properties = new Properties();
		properties.setProperty("socketFactory", "com.example.Own");
		assertThat(ListenSocketFactory.addedTo(url, new Properties()))
			.isEqualTo(url + "?socketFactory=io.ikigai.platform.autoconfigure.ListenSocketFactory");
		assertThat(ListenSocketFactory.addedTo(url, properties)).endsWith("&ikigaiSocketFactory=com.example.Own");
		assertThat(ListenSocketFactory.addedTo(url + "?socketFactory=com.example.Own", new Properties()))
			.endsWith("ListenSocketFactory&ikigaiSocketFactory=com.example.Own");
		assertThat(ListenSocketFactory.addedTo("jdbc:other:postgresql://host/db", properties))
			.isEqualTo("jdbc:other:postgresql://host/db");
	}

	static class Handler {

		private final BlockingQueue<Map<String, Object>> handled = new LinkedBlockingQueue<>();

		@IkigaiTaskListener(queue = "by-socket")
		void handle(Map<String, Object> payload) {
			this.handled.add(payload);
		}

	}

}
