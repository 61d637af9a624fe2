package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A database that cannot be used stops the start with words that say which one, which key
 * names it, and what to do; never with the password. The same whether the platform or the
 * application's own Flyway finds out first.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnusableDatabaseIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tellsThatThePasswordIsWrong(boolean flyway, CapturedOutput output) {
		String failure = start(output, flyway, this.database.url(), this.database.username(), "not-it");
		assertThat(failure).contains(this.database.url())
			.contains("password authentication failed for user \"postgres\"")
			.contains("Check user and password")
			.contains("ikigai.postgres.url")
			.doesNotContain("not-it");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tellsThatTheDatabaseIsMissing(boolean flyway, CapturedOutput output) {
		String failure = start(output, flyway, this.database.url() + "_missing", this.database.username(),
				this.database.password());
		assertThat(failure).contains(this.database.url() + "_missing")
			.contains("does not exist")
			.contains("Create the database, or name another one")
			.contains("ikigai.postgres.url")
			.doesNotContain(this.database.password());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tellsThatNobodyListens(boolean flyway, CapturedOutput output) throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		String failure = start(output, flyway, "jdbc:postgresql://127.0.0.1:" + port + "/db", "me", "secret-word");
		assertThat(failure).contains("jdbc:postgresql://127.0.0.1:" + port + "/db")
			.contains("refused")
			.contains("Start the server, or check host and port")
			.contains("ikigai.postgres.url")
			.doesNotContain("secret-word");
	}

	@Test
	void tellsThatTheAddressToListenAtIsWrong(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication.run("--ikigai.postgres.url=" + this.database.url(),
				"--ikigai.postgres.username=" + this.database.username(),
				"--ikigai.postgres.password=" + this.database.password(),
				"--ikigai.postgres.listen-url=" + this.database.url() + "_missing"));
		assertThat(failure(output)).contains(this.database.url() + "_missing")
			.contains("does not exist")
			.contains("ikigai.postgres.listen-url")
			.doesNotContain(this.database.password());
	}

	@Test
	void hidesThePasswordInTheUrl(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication.run("--ikigai.postgres.url=postgresql://me:secret-word@"
				+ this.database.url().substring("jdbc:postgresql://".length())));
		assertThat(failure(output)).contains("password authentication failed for user \"me\"");
		assertThat(output).doesNotContain("secret-word");
	}

	@Test
	void hidesThePasswordInAUrlThatIsNone(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> TestApplication.run("--ikigai.postgres.url=mysql://me:secret-word@host/db"));
		assertThat(failure(output)).contains("'ikigai.postgres.url' is no address of a PostgreSQL")
			.contains("postgresql://user:password@host:5432/database");
		assertThat(output).doesNotContain("secret-word");
	}

	@Test
	void namesTheKeyOfTheApplication(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication.run("--spring.datasource.url=" + this.database.url(),
				"--spring.datasource.username=postgres", "--spring.datasource.password=not-it"));
		assertThat(failure(output)).contains("password authentication failed").contains("spring.datasource");
	}

	@Test
	void tellsThatTheTablesAreMissing(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> TestApplication.run(TestApplication.on(this.database, "--ikigai.schema.migrate=false")));
		assertThat(failure(output)).contains("task_queue").contains("public").contains("ikigai.schema.migrate = true");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void tellsThatTransactionsAreReadOnly(boolean flyway, CapturedOutput output) {
		String failure = start(output, flyway, this.database.url() + "?options=-c%20default_transaction_read_only=on",
				this.database.username(), this.database.password());
		assertThat(failure).contains("read-only").contains("default_transaction_read_only = off");
	}

	@Test
	void warnsOfAPoolWithoutATimeLimitOnTheNetwork(CapturedOutput output) throws SQLException {
		try (Connection connection = this.database.connect()) {
			connection.setNetworkTimeout(Runnable::run, 60_000);
			SilentConnections.warnWithoutLimit(connection);
			assertThat(output).doesNotContain("no time limit on the network");
			connection.setNetworkTimeout(Runnable::run, 0);
			SilentConnections.warnWithoutLimit(connection);
			assertThat(output).contains("no time limit on the network").contains("socketTimeout=600");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void refusesTablesThatALaterVersionMade(boolean migrate, CapturedOutput output) throws SQLException {
		TestApplication.run(TestApplication.on(this.database)).close();
		String known = this.database.queryForText("SELECT max(version::int) FROM ikigai_schema_history");
		this.database.execute("""
				INSERT INTO ikigai_schema_history
				SELECT installed_rank + 1, '4711', 'later', type, 'V4711__later.sql', 1, installed_by, now(), 1, true
				FROM ikigai_schema_history ORDER BY installed_rank DESC LIMIT 1""");
		assertThatException().isThrownBy(
				() -> TestApplication.run(TestApplication.on(this.database, "--ikigai.schema.migrate=" + migrate)));
		assertThat(failure(output)).contains("schema 'public' are of version 4711")
			.contains("up to version " + known)
			.contains("Deploy this application with the version")
			.contains("ikigai-platform-spring-boot-starter");
	}

	@Test
	void tellsThatThePortOfTheEmbeddedServerIsTaken(@TempDir Path directory, CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
			assertThatException()
				.isThrownBy(() -> TestApplication.run("--ikigai.postgres.embedded.port=" + taken.getLocalPort(),
						"--ikigai.postgres.embedded.directory=" + directory));
			assertThat(failure(output)).contains("can't listen on 127.0.0.1:" + taken.getLocalPort())
				.contains("Set ikigai.postgres.embedded.port to a free port");
		}
	}

	@Test
	void tellsThatTheDirectoryOfTheEmbeddedServerIsAFile(@TempDir Path directory, CapturedOutput output)
			throws IOException {
		Path file = Files.createFile(directory.resolve("file"));
		assertThatException()
			.isThrownBy(() -> TestApplication.run("--ikigai.postgres.embedded.directory=" + file.resolve("data")));
		assertThat(failure(output)).contains(file.toString()).contains("Set ikigai.postgres.embedded.directory");
	}

	private String start(CapturedOutput output, boolean flyway, String url, String username, String password) {
		assertThatException()
			.isThrownBy(() -> TestApplication.run("--spring.flyway.enabled=" + flyway, "--ikigai.postgres.url=" + url,
					"--ikigai.postgres.username=" + username, "--ikigai.postgres.password=" + password));
		return failure(output);
	}

	private static String failure(CapturedOutput output) {
		assertThat(output).contains("APPLICATION FAILED TO START");
		return output.toString().substring(output.toString().indexOf("APPLICATION FAILED TO START"));
	}

}
