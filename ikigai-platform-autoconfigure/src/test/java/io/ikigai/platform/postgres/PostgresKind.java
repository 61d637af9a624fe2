package io.ikigai.platform.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

import io.ikigai.platform.embedded.EmbeddedPostgres;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;

import org.springframework.util.FileSystemUtils;

/**
 * The servers that a compatibility kit runs on, for a test class with
 * {@code @ParameterizedClass} and {@code @EnumSource(PostgresKind.class)}.
 */
enum PostgresKind {

	/**
	 * The one that most tests run on: 17 with pgvector, unless only the machine's own is
	 * to be had.
	 */
	SHARED,

	/**
	 * An older one without pgvector.
	 */
	OLDER,

	/**
	 * The embedded one: 17 without pgvector.
	 */
	EMBEDDED;

	/**
	 * Starts a server of this kind, unless it runs.
	 * @return an empty database on it, to be closed by the caller
	 */
	Opened open() throws Exception {
		return switch (this) {
			case SHARED -> new Opened(PostgresServer.shared().freshDatabase(), () -> {
			});
			case OLDER -> new Opened(PostgresServer.sharedOlder().freshDatabase(), () -> {
			});
			case EMBEDDED -> embedded();
		};
	}

	private static Opened embedded() throws IOException {
		Path directory = Files.createTempDirectory("embedded-postgres");
		EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, freePort());
		return new Opened(new PostgresDatabase(postgres.jdbcUrl(), postgres.username(), postgres.password()), () -> {
			postgres.close();
			FileSystemUtils.deleteRecursively(directory);
		});
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	/**
	 * A database on a running server.
	 *
	 * @param database the database, empty at first
	 * @param end ends what was started for it alone
	 */
	record Opened(PostgresDatabase database, AutoCloseable end) implements AutoCloseable {

		@Override
		public void close() throws Exception {
			this.end.close();
		}

	}

}
