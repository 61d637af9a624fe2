package io.ikigai.platform.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Other users of the machine can neither have their programs run by way of the embedded
 * server nor learn its password.
 */
class EmbeddedPostgresSafetyIntegrationTests {

	@TempDir
	static Path shared;

	@Test
	void doesNotTellThePasswordToAProgramThatHasTakenThePort() throws Exception {
		EmbeddedPostgres postgres = EmbeddedPostgres.start(shared, freePort());
		postgres.close();
		try (PasswordThief thief = new PasswordThief(postgres.port())) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(
					() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password())
						.close());
			assertThatExceptionOfType(EmbeddedPostgresException.class)
				.isThrownBy(() -> new PostgresDatabase(postgres.port(), postgres.password(), shared.resolve("password"))
					.createIfAbsent(Duration.ZERO, DataDirectory.all(shared.toRealPath()).get(0).postmaster()));
			assertThat(thief.heard()).isNotEmpty().doesNotContain(postgres.password());
		}
	}

	@Test
	void refusesADirectoryThatOthersMayChange(@TempDir Path directory) throws Exception {
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
		assertThatExceptionOfType(EmbeddedPostgresException.class)
			.isThrownBy(() -> EmbeddedPostgres.start(directory, freePort()))
			.withMessageContaining("may be changed by other users")
			.withMessageContaining("chmod go-w '" + directory.toRealPath() + "'");
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void refusesADirectoryOfAnotherUser(@TempDir Path directory) throws Exception {
		// Only root may give files away, and anybody else does not own this one
		Path foreign = give(directory) ? directory : Path.of("/usr/share");
		assertThatExceptionOfType(EmbeddedPostgresException.class)
			.isThrownBy(() -> EmbeddedPostgres.start(foreign, freePort()))
			.withMessageContaining("belongs to another user")
			.withMessageContaining("ikigai.postgres.embedded.directory");
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void refusesAPasswordFileThatOthersMayRead() throws Exception {
		EmbeddedPostgres.start(shared, freePort()).close();
		Path file = shared.resolve("password");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
		try {
			assertThatExceptionOfType(EmbeddedPostgresException.class)
				.isThrownBy(() -> EmbeddedPostgres.start(shared, freePort()))
				.withMessageContaining("may be read by other users");
			assertThat(DataDirectory.running(shared.toRealPath())).isEmpty();
		}
		finally {
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
		}
	}

	@Test
	void unpacksProgramsAgainThatSomebodyElseMayHaveChanged() throws Exception {
		EmbeddedPostgres.start(shared, freePort()).close();
		Path program;
		try (Stream<Path> files = Files.walk(shared)) {
			program = files.filter((file) -> file.endsWith("bin/pg_ctl")).findFirst().orElseThrow();
		}
		Files.writeString(program, "#!/bin/sh\ntouch changed\n");
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
		EmbeddedPostgres.start(shared, freePort()).close();
		assertThat(shared.resolve("changed")).doesNotExist();
	}

	private static boolean give(Path directory) {
		try {
			Files.setAttribute(directory, "unix:uid", 65534);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

}
