package io.ikigai.platform.testservers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PostgresServerIntegrationTests {

	@Test
	void runsWithTheSettingsThatTestsRelyOn() throws SQLException {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		assertThat(Integer.parseInt(database.queryForText("SHOW server_version_num"))).isGreaterThanOrEqualTo(140000);
		assertThat(database.queryForText("SHOW max_connections")).isEqualTo("300");
		assertThat(database.queryForText("SHOW jit")).isEqualTo("off");
		assertThat(database.queryForText("SHOW fsync")).isEqualTo("on");
		assertThat(database.queryForText("SHOW synchronous_commit")).isEqualTo("on");
		assertThat(database.queryForText("SHOW server_encoding")).isEqualTo("UTF8");
		assertThat(database.queryForText("SELECT lower('ÄΩ')")).isEqualTo("äω");
	}

	@Test
	void isOneServerForAllWhoShareIt() {
		assertThat(PostgresServer.shared().url()).isEqualTo(PostgresServer.shared().url());
	}

	@Test
	void givesEmptyDatabasesThatDoNotSeeEachOther() throws SQLException {
		PostgresDatabase one = PostgresServer.shared().freshDatabase();
		PostgresDatabase other = PostgresServer.shared().freshDatabase();
		one.execute("CREATE TABLE thing (id int)");
		assertThat(one.queryForText("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).isEqualTo("1");
		assertThat(other.queryForText("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).isEqualTo("0");
	}

	@Test
	void refusesAWrongPassword() {
		PostgresServer server = PostgresServer.shared();
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> DriverManager.getConnection(server.url(), server.username(), "wrong"))
			.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("28P01"));
	}

	@Test
	void keepsThePasswordOutOfTheDescription() {
		PostgresServer server = PostgresServer.shared();
		assertThat(server.freshDatabase().toString()).doesNotContain(server.password());
	}

	@Test
	void doesNotLetTheSharedServerBeStopped() {
		PostgresServer server = PostgresServer.shared();
		assertThatIllegalStateException().isThrownBy(() -> server.stop(Shutdown.FAST))
			.withMessageContaining("PostgresServer.dedicated()");
		assertThatIllegalStateException().isThrownBy(server::restart);
		assertThatIllegalStateException().isThrownBy(server::close);
	}

	@ParameterizedTest
	@EnumSource(Shutdown.class)
	void keepsCommittedDataAndThePortOverARestart(Shutdown shutdown) throws SQLException {
		try (PostgresServer server = PostgresServer.dedicated()) {
			PostgresDatabase database = server.freshDatabase();
			database.execute("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)");
			try (Connection open = database.connect(); Statement statement = open.createStatement()) {
				open.setAutoCommit(false);
				statement.execute("INSERT INTO thing VALUES (2)");
				server.restart(shutdown);
				assertThatExceptionOfType(SQLException.class).isThrownBy(open::commit);
			}
			assertThat(database.queryForText("SELECT string_agg(id::text, ',') FROM thing")).isEqualTo("1");
		}
	}

	@Test
	void refusesConnectionsWhileItIsStopped() throws SQLException {
		try (PostgresServer server = PostgresServer.dedicated()) {
			PostgresDatabase database = server.freshDatabase();
			server.stop(Shutdown.FAST);
			assertThatExceptionOfType(SQLException.class).isThrownBy(database::connect);
			server.start();
			assertThat(database.queryForText("SELECT 1")).isEqualTo("1");
		}
	}

	@Test
	void endsWhenItIsClosed() {
		PostgresServer server = PostgresServer.dedicated();
		PostgresDatabase database = server.freshDatabase();
		server.close();
		assertThatExceptionOfType(SQLException.class).isThrownBy(database::connect);
	}

	@Test
	void endsAfterItsJvmWasKilled() throws IOException, SQLException {
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), ServerOwner.class.getName())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		try (BufferedReader output = jvm.inputReader()) {
			PostgresDatabase database = new PostgresDatabase(output.readLine(), output.readLine(), output.readLine());
			assertThat(database.queryForText("SELECT 1")).isEqualTo("1");
			jvm.destroyForcibly();
			await().untilAsserted(
					() -> assertThatExceptionOfType(SQLException.class).isThrownBy(() -> database.connect().close()));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	/**
	 * Another JVM that has a server, tells where, and waits to be killed.
	 */
	static final class ServerOwner {

		public static void main(String[] args) throws IOException {
			PostgresServer server = PostgresServer.shared();
			System.out.println(server.url() + "\n" + server.username() + "\n" + server.password());
			System.in.read();
		}

	}

}
