package io.ikigai.platform.postgres;

import java.nio.file.Path;
import java.net.ServerSocket;

import io.ikigai.platform.embedded.EmbeddedPostgres;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Documents on the embedded PostgreSQL.
 */
class EmbeddedStorageIntegrationTests extends StorageKit {

	@TempDir
	static Path directory;

	private EmbeddedPostgres embedded;

	@Override
	PostgresDatabase database() throws Exception {
		try (ServerSocket free = new ServerSocket(0)) {
			this.embedded = null;
			int port = free.getLocalPort();
			free.close();
			this.embedded = EmbeddedPostgres.start(directory.resolve("data"), port);
		}
		return new PostgresDatabase(this.embedded.jdbcUrl(), this.embedded.username(), this.embedded.password());
	}

	@AfterAll
	void stopServer() {
		this.embedded.close();
	}

}
