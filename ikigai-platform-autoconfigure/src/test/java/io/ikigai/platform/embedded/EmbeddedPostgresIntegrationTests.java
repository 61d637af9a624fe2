package io.ikigai.platform.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link EmbeddedPostgres} with real servers. Most tests share a directory, because the
 * first start in a directory takes seconds; each begins and ends with a stopped server.
 */
class EmbeddedPostgresIntegrationTests {

	@TempDir
	static Path shared;

	private final List<ApplicationProcess> applications = new ArrayList<>();

	@AfterEach
	void stopWhatIsLeft() throws Exception {
		this.applications.forEach(ApplicationProcess::close);
		new PostgresServer(shared.toRealPath()).stop();
	}

	@Test
	void keepsDataWhenStartedAgain() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			execute(postgres, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 42 AS answer");
		}
		assertStopped();
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
		}
		assertStopped();
	}

	@Test
	void setsUpADurableServerThatListensOnLoopbackOnly() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
			assertThat(query(postgres, "SHOW unix_socket_directories")).isEmpty();
			assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
			assertThat(query(postgres, "SHOW max_connections")).isEqualTo("200");
			assertThat(query(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
			assertThat(query(postgres, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"))
				.isEqualTo("scram-sha-256");
			assertThat(query(postgres, "SELECT current_database() || ' ' || current_user")).isEqualTo("ikigai ikigai");
		}
	}

	@Test
	void offersUrlsOfTheServer() throws Exception {
		int port = freePort();
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, port)) {
			assertThat(postgres.port()).isEqualTo(port);
			assertThat(postgres.directory()).isEqualTo(shared.toRealPath());
			assertThat(postgres.jdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:%d/ikigai?requireAuth=scram-sha-256",
					port);
			URI url = URI.create(postgres.psqlUrl());
			assertThat(url.getScheme()).isEqualTo("postgresql");
			assertThat(url.getUserInfo()).isEqualTo("ikigai:" + postgres.password());
			assertThat(url.getAuthority()).endsWith("@127.0.0.1:" + port);
			assertThat(url.getPath()).isEqualTo("/ikigai");
			assertThat(postgres.toString()).doesNotContain(postgres.password());
		}
	}

	@Test
	void keepsThePasswordInAFileOfItsOwnerOnly() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			Path file = shared.resolve("password");
			assertThat(file).hasContent(postgres.password());
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
			assertThat(postgres.password()).hasSizeGreaterThan(30);
		}
	}

	@Test
	void refusesAWrongPassword() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), "wrong"))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("28P01"));
		}
	}

	@Test
	void saysThatThePasswordFileDoesNotFit() throws Exception {
		EmbeddedPostgres.start(shared, freePort()).close();
		Path file = shared.resolve("password");
		String password = Files.readString(file);
		Files.writeString(file, "wrong");
		try {
			assertThatExceptionOfType(EmbeddedPostgresException.class)
				.isThrownBy(() -> EmbeddedPostgres.start(shared, freePort()))
				.withMessageContaining("refuses the password in " + file.toRealPath());
			assertStopped();
		}
		finally {
			Files.writeString(file, password);
		}
	}

	@Test
	void sharesOneServerBetweenHandlesOfOneJvm() throws Exception {
		EmbeddedPostgres first = EmbeddedPostgres.start(shared, freePort());
		EmbeddedPostgres second = EmbeddedPostgres.start(shared, freePort());
		assertThat(second.port()).isEqualTo(first.port());
		first.close();
		first.close();
		assertThat(query(second, "SELECT 1")).isEqualTo("1");
		second.close();
		assertStopped();
	}

	@Test
	void sharesOneServerBetweenProcesses() throws Exception {
		ApplicationProcess first = application(shared);
		int port = first.awaitReady();
		ApplicationProcess second = application(shared);
		assertThat(second.awaitReady()).isEqualTo(port);
		EmbeddedPostgres third = EmbeddedPostgres.start(shared, freePort());
		assertThat(third.port()).isEqualTo(port);
		first.end();
		assertThat(query(third, "SELECT 1")).isEqualTo("1");
		third.close();
		assertThat(new PostmasterFile(shared.toRealPath(), data()).running()).isPresent();
		second.end();
		assertStopped();
	}

	@Test
	void startsOneServerForProcessesThatBeginAtOnce(@TempDir Path directory) throws Exception {
		ApplicationProcess first = application(directory);
		ApplicationProcess second = application(directory);
		assertThat(first.awaitReady()).isEqualTo(second.awaitReady());
		first.end();
		second.end();
		assertThat(DataDirectory.running(directory.toRealPath())).isEmpty();
	}

	@Test
	void doesNotCountAUserThatWasKilled() throws Exception {
		ApplicationProcess killed = application(shared);
		killed.awaitReady();
		EmbeddedPostgres last = EmbeddedPostgres.start(shared, freePort());
		killed.kill();
		assertThat(query(last, "SELECT 1")).isEqualTo("1");
		last.close();
		assertStopped();
	}

	@Test
	void joinsTheServerThatAKilledUserLeft() throws Exception {
		ApplicationProcess killed = application(shared);
		int port = killed.awaitReady();
		killed.kill();
		try (EmbeddedPostgres next = EmbeddedPostgres.start(shared, freePort())) {
			assertThat(next.port()).isEqualTo(port);
		}
		assertStopped();
	}

	@Test
	void outlivesTheInterruptOfItsStarter() throws Exception {
		ApplicationProcess starter = application(shared);
		starter.awaitReady();
		try (EmbeddedPostgres other = EmbeddedPostgres.start(shared, freePort());
				Connection connection = connect(other)) {
			starter.interruptProcessGroup();
			assertThat(connection.isValid(10)).isTrue();
		}
		assertStopped();
	}

	@Test
	void startsAfterTheServerWasKilled() throws Exception {
		try (EmbeddedPostgres crashed = EmbeddedPostgres.start(shared, freePort())) {
			execute(crashed, "DROP TABLE IF EXISTS survivor", "CREATE TABLE survivor AS SELECT 'yes' AS here");
			killServer();
			try (EmbeddedPostgres next = EmbeddedPostgres.start(shared, freePort())) {
				assertThat(query(next, "SELECT here FROM survivor")).isEqualTo("yes");
			}
		}
		assertStopped();
	}

	@Test
	void startsTheServerAgainThatWasKilledWhileItIsUsed() throws Exception {
		ApplicationProcess application = application(shared);
		int port = application.awaitReady();
		try (EmbeddedPostgres other = EmbeddedPostgres.start(shared, freePort())) {
			execute(other, "DROP TABLE IF EXISTS survivor", "CREATE TABLE survivor AS SELECT 'yes' AS here");
			for (int time = 0; time < 3; time++) {
				killServer();
				await().ignoreExceptions().until(() -> query(other, "SELECT here FROM survivor").equals("yes"));
			}
			assertThat(other.port()).isEqualTo(port);
		}
		killServer();
		await().until(() -> new PostmasterFile(shared.toRealPath(), data()).running().isPresent());
		application.end();
		assertStopped();
	}

	@Test
	void startsAfterACrashWhoseProcessIdWasReused() throws Exception {
		ApplicationProcess crashed = application(shared);
		crashed.awaitReady();
		crashed.kill();
		killServer();
		Path file = data().resolve("postmaster.pid");
		List<String> lines = new ArrayList<>(Files.readAllLines(file));
		lines.set(0, String.valueOf(ProcessHandle.current().pid()));
		Files.write(file, lines);
		try (EmbeddedPostgres next = EmbeddedPostgres.start(shared, freePort())) {
			assertThat(query(next, "SELECT 1")).isEqualTo("1");
		}
	}

	@Test
	void namesAPortThatIsTaken() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			assertThatExceptionOfType(EmbeddedPostgresException.class)
				.isThrownBy(() -> EmbeddedPostgres.start(shared, taken.getLocalPort()))
				.withMessageContaining("127.0.0.1:" + taken.getLocalPort())
				.withMessageContaining("ikigai.postgres.embedded.port");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedPostgres.start(shared, 0))
			.withMessageContaining("ikigai.postgres.embedded.port");
	}

	@Test
	void keepsTheDataOfEachMajorVersionInItsOwnDirectory() throws Exception {
		EmbeddedPostgres.start(shared, freePort()).close();
		Path ours = data();
		Path theirs = Files.createDirectory(ours.resolveSibling("data-9"));
		try {
			Files.writeString(theirs.resolve("PG_VERSION"), "9\n");
			try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
				assertThat(query(postgres, "SHOW data_directory")).isEqualTo(ours.toString());
			}
			assertThat(theirs).isDirectoryContaining("glob:**/PG_VERSION");
		}
		finally {
			FileSystemUtils.deleteRecursively(theirs);
		}
	}

	@Test
	void givesDataWithoutAVersionInItsNameTheNameOfItsVersion() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			execute(postgres, "DROP TABLE IF EXISTS renamed", "CREATE TABLE renamed AS SELECT 'yes' AS kept");
		}
		Path ours = data();
		Files.move(ours, ours.resolveSibling("data"));
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort())) {
			assertThat(query(postgres, "SELECT kept FROM renamed")).isEqualTo("yes");
		}
		assertThat(data()).isEqualTo(ours);
	}

	@Test
	void leavesDataAloneThatIsNotOfTheVersionInItsName() throws Exception {
		EmbeddedPostgres.start(shared, freePort()).close();
		Path file = data().resolve("PG_VERSION");
		String version = Files.readString(file);
		Files.writeString(file, "9\n");
		try {
			assertThatExceptionOfType(EmbeddedPostgresException.class)
				.isThrownBy(() -> EmbeddedPostgres.start(shared, freePort()))
				.withMessageContaining("written by PostgreSQL 9")
				.withMessageContaining("PostgreSQL " + version.strip())
				.withMessageContaining("ikigai.postgres.embedded.directory")
				.withMessageNotContaining("delete");
			assertThat(file).hasContent("9");
		}
		finally {
			Files.writeString(file, version);
		}
	}

	@Test
	void showsTheLogWhenTheServerDoesNotStart() throws Exception {
		EmbeddedPostgres.start(shared, freePort()).close();
		Path file = data().resolve("postgresql.conf");
		String configuration = Files.readString(file);
		Files.writeString(file, configuration + "\nno_such_setting = 1\n");
		try {
			assertThatExceptionOfType(EmbeddedPostgresException.class)
				.isThrownBy(() -> EmbeddedPostgres.start(shared, freePort()))
				.withMessageContaining("no_such_setting")
				.withMessageContaining("postgres.log");
		}
		finally {
			Files.writeString(file, configuration);
		}
	}

	@Test
	void runsInADirectoryWithSpacesAndQuotes(@TempDir Path parent) throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start(parent.resolve("it's a directory"), freePort())) {
			assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
		}
		assertThatExceptionOfType(EmbeddedPostgresException.class)
			.isThrownBy(() -> EmbeddedPostgres.start(parent.resolve("a$b"), freePort()))
			.withMessageContaining("ikigai.postgres.embedded.directory");
	}

	private ApplicationProcess application(Path directory) throws IOException {
		ApplicationProcess application = new ApplicationProcess(directory, freePort());
		this.applications.add(application);
		return application;
	}

	private static Path data() throws IOException {
		List<DataDirectory> all = DataDirectory.all(shared.toRealPath());
		assertThat(all).hasSize(1);
		return all.get(0).path();
	}

	private static void killServer() throws Exception {
		PostmasterFile postmaster = new PostmasterFile(shared.toRealPath(), data());
		long pid = postmaster.running().orElseThrow().pid();
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
		// Not until it has gone: a dead process that nobody waits for must not stop a
		// start
		await().until(() -> postmaster.running().filter((running) -> running.pid() == pid).isEmpty());
	}

	private static void assertStopped() throws IOException {
		assertThat(data().resolve("postmaster.pid")).doesNotExist();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
		return DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
	}

	private static void execute(EmbeddedPostgres postgres, String... statements) throws SQLException {
		try (Connection connection = connect(postgres); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
		try (Connection connection = connect(postgres);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
