package io.ikigai.platform.autoconfigure.health;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;

import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health tells the truth while connections and the server come and go.
 */
class IkigaiHealthIntegrationTests {

	@Test
	void showsTheBackend() {
		try (ConfigurableApplicationContext context = run(PostgresServer.shared().freshDatabase())) {
			await().untilAsserted(() -> assertThat(status(context)).isEqualTo(Status.UP));
			assertThat(postgres(context)).containsEntry("listening", true)
				.containsEntry("schema", "public")
				.containsEntry("backend", "postgres")
				.containsKeys("version")
				.doesNotContainKeys("problem", "error");
			CompositeHealthDescriptor all = (CompositeHealthDescriptor) context.getBean(HealthEndpoint.class)
				.healthForPath("ikigai");
			assertThat(all.getComponents()).containsOnlyKeys("agents", "cache", "database", "housekeeping", "listen",
					"listeners", "mailboxes", "pubsub", "queues", "storage", "telemetry");
			assertThat(all.getStatus()).isEqualTo(Status.UP);
		}
	}

	@Test
	void tellsOfTheOldestTransaction() throws SQLException {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		try (ConfigurableApplicationContext context = run(database); Connection open = database.connect()) {
			open.setAutoCommit(false);
			String pid;
			try (Statement statement = open.createStatement();
					ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
				row.next();
				pid = row.getString(1);
			}
			await().untilAsserted(
					() -> assertThat(health(context, "database").getDetails().get("oldestTransactionPid")).asString()
						.isEqualTo(pid));
			assertThat(health(context, "database").getStatus()).isEqualTo(Status.UP);
			assertThat(health(context, "database").getDetails()).containsEntry("notificationQueue", 0.0)
				.containsKeys("deadTuples", "oldestTransaction");
			assertThat(health(context, "database").getDetails().get("deadTuples")).asString()
				.contains("task_queue", "mailbox");
		}
	}

	@Test
	void recoversFromTheLossOfTheListenConnection() throws SQLException {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		try (ConfigurableApplicationContext context = run(database)) {
			await().untilAsserted(() -> assertThat(status(context)).isEqualTo(Status.UP));
			String before = listener(database);
			database.execute("SELECT pg_terminate_backend(" + before + ")");
			await().untilAsserted(() -> assertThat(listener(database)).isNotNull().isNotEqualTo(before));
			await().untilAsserted(() -> assertThat(status(context)).isEqualTo(Status.UP));
		}
	}

	@Test
	void isUnknownWhileOnlyNotificationsAreMissing() {
		try (PostgresServer listened = PostgresServer.dedicated()) {
			PostgresDatabase elsewhere = listened.freshDatabase();
			run(elsewhere).close();
			try (ConfigurableApplicationContext context = run(PostgresServer.shared().freshDatabase(),
					"--ikigai.postgres.listen-url=" + elsewhere.url() + "?user=" + elsewhere.username() + "&password="
							+ elsewhere.password())) {
				await().untilAsserted(() -> assertThat(status(context)).isEqualTo(Status.UP));
				listened.stop(Shutdown.FAST);
				await().untilAsserted(() -> assertThat(status(context).getCode()).isEqualTo("UNKNOWN"));
				assertThat(postgres(context)).containsEntry("listening", false).containsKey("problem");
				// Work goes on, so the application as a whole stays in service.
				assertThat(context.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(Status.UP);
			}
		}
	}

	@Test
	void isDownWhileTheServerIsDown() {
		try (PostgresServer server = PostgresServer.dedicated();
				ConfigurableApplicationContext context = run(server.freshDatabase(),
						"--spring.datasource.hikari.connection-timeout=1000")) {
			await().untilAsserted(() -> assertThat(status(context)).isEqualTo(Status.UP));
			server.stop(Shutdown.FAST);
			await().untilAsserted(() -> assertThat(status(context).getCode()).isEqualTo("DOWN"));
			assertThat(postgres(context)).containsKey("error");
			assertThat(context.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(Status.DOWN);
			server.start();
			await().untilAsserted(() -> assertThat(status(context)).isEqualTo(Status.UP));
			assertThat(postgres(context)).doesNotContainKeys("problem", "error");
		}
	}

	@Test
	void isAwayWhenItIsSwitchedOff() {
		try (ConfigurableApplicationContext context = run(PostgresServer.shared().freshDatabase(),
				"--management.health.ikigai.enabled=false")) {
			assertThat(context.getBean(HealthEndpoint.class).healthForPath("ikigai")).isNull();
		}
	}

	private static Status status(ConfigurableApplicationContext context) {
		return health(context, "listen").getStatus();
	}

	private static IndicatedHealthDescriptor health(ConfigurableApplicationContext context, String part) {
		return (IndicatedHealthDescriptor) Objects
			.requireNonNull(context.getBean(HealthEndpoint.class).healthForPath("ikigai", part));
	}

	private static Map<String, Object> postgres(ConfigurableApplicationContext context) {
		return health(context, "queues").getDetails();
	}

	private static String listener(PostgresDatabase database) throws SQLException {
		return database.queryForText("SELECT pid FROM pg_stat_activity WHERE application_name = 'ikigai-listen' "
				+ "AND datname = current_database()");
	}

	private static ConfigurableApplicationContext run(PostgresDatabase database, String... more) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.flyway.enabled=false", "management.health.redis.enabled=false",
					"management.health.rabbit.enabled=false", "management.endpoint.health.show-details=always",
					"ikigai.postgres.url=" + database.url(), "ikigai.postgres.username=" + database.username(),
					"ikigai.postgres.password=" + database.password())
			.run(more);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
