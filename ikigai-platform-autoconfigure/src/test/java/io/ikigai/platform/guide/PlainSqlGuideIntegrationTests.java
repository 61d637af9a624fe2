package io.ikigai.platform.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The SQL of the services' chapters, on the platform's tables.
 */
class PlainSqlGuideIntegrationTests {

	private static final Pattern SQL = Pattern.compile("(?ms)^\\[source,sql]\\n----\\n(.*?)^----$");

	private static ConfigurableApplicationContext application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = GuideApplication.start(Examples.class);
		platform = application.getBean(Platform.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void deleteWhatIsInserted() {
		platform.storage().documents("sites", JsonNode.class).delete("example.net");
	}

	@ParameterizedTest
	@ValueSource(strings = { "task-queues", "mailboxes", "pubsub", "cache", "storage", "telemetry", "samples",
			"transactions" })
	void isUnderstood(String page) throws IOException, SQLException {
		Matcher block = SQL.matcher(Files.readString(
				Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../src/docs/" + page + ".adoc")));
		int statements = 0;
		try (Connection connection = application.getBean(DataSource.class).getConnection();
				Statement statement = connection.createStatement()) {
			while (block.find()) {
				if (!block.group(1).startsWith("GRANT")) {
					statement.execute(block.group(1).replace("id = …", "id = NULL"));
					statements++;
				}
			}
		}
		assertThat(statements).isPositive();
	}

	@Test
	void isSeenByTheServices() throws IOException, SQLException {
		isUnderstood("storage");
		assertThat(platform.storage().documents("sites", JsonNode.class).get("example.net")).get()
			.satisfies((document) -> assertThat(document.value().get("state").asString()).isEqualTo("up"));
		isUnderstood("mailboxes");
		assertThat(platform.mailbox("ops-alerts").receive(Duration.ofSeconds(20)).orElseThrow().sender())
			.isEqualTo("backup.sh");
	}

	@Configuration(proxyBeanMethods = false)
	static class Examples {

	}

}
