package io.ikigai.platform.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

import io.ikigai.platform.embedded.EmbeddedPostgres;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Documents on the embedded PostgreSQL.
 */
class EmbeddedStorageIntegrationTests extends StorageKit {

	@TempDir
	static Path directory;

	private @Nullable EmbeddedPostgres embedded;

	@Override
	PostgresDatabase database() throws Exception {
		this.embedded = EmbeddedPostgres.start(directory.resolve("data"), freePort());
		return new PostgresDatabase(this.embedded.jdbcUrl(), this.embedded.username(), this.embedded.password());
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	@AfterAll
	void stopServer() {
		if (this.embedded != null) {
			this.embedded.close();
		}
	}

}
