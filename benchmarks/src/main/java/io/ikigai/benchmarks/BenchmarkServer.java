package io.ikigai.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.embedded.EmbeddedPostgres;

import org.springframework.util.FileSystemUtils;

/**
 * The one PostgreSQL of a run, with a database for each contestant.
 */
final class BenchmarkServer implements AutoCloseable {

	/**
	 * What differs from PostgreSQL's defaults, and what must not.
	 */
	static final Map<String, String> SETTINGS = settings();

	private final EmbeddedPostgres postgres;

	private final Path directory;

	private BenchmarkServer(EmbeddedPostgres postgres, Path directory) {
		this.postgres = postgres;
		this.directory = directory;
	}

	private static Map<String, String> settings() {
		Map<String, String> settings = new LinkedHashMap<>();
		settings.put("fsync", "on");
		settings.put("synchronous_commit", "on");
		settings.put("full_page_writes", "on");
		settings.put("shared_buffers", "1GB");
		// No checkpoint in the middle of what is timed: there is one before each piece.
		settings.put("max_wal_size", "16GB");
		settings.put("checkpoint_timeout", "1h");
		// Counts statements; costs every contestant the same.
		settings.put("shared_preload_libraries", "pg_stat_statements");
		// In the data's directory.
		settings.put("unix_socket_directories", ".");
		return settings;
	}

	static BenchmarkServer start(Path parent) throws IOException, SQLException {
		Files.createDirectories(parent);
		Path directory = Files.createTempDirectory(parent, "postgres-");
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		try (EmbeddedPostgres first = EmbeddedPostgres.start(directory, port)) {
			BenchmarkServer server = new BenchmarkServer(first, directory);
			for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
				server.execute("postgres",
						"ALTER SYSTEM SET %s = '%s'".formatted(setting.getKey(), setting.getValue()));
			}
		}
		// The settings count from the second start.
		BenchmarkServer server = new BenchmarkServer(EmbeddedPostgres.start(directory, port), directory);
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			try {
				server.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}));
		server.execute("postgres", "CREATE EXTENSION pg_stat_statements");
		server.execute("postgres", "CREATE EXTENSION pg_walinspect");
		return server;
	}

	String version() throws SQLException {
		return query("postgres", "SHOW server_version");
	}

	/**
	 * A URL with user and password.
	 */
	String url(String database) {
		return "postgresql://%s:%s@127.0.0.1:%d/%s".formatted(this.postgres.username(), this.postgres.password(),
				this.postgres.port(), database);
	}

	/**
	 * The same by the server's Unix socket.
	 */
	String socketUrl(String database) {
		return "postgresql://%s:%s@/%s?host=%s&port=%d".formatted(this.postgres.username(), this.postgres.password(),
				database, this.directory.toAbsolutePath().resolve("data"), this.postgres.port());
	}

	Connection connect(String database) throws SQLException {
		return DriverManager.getConnection(
				"jdbc:postgresql://127.0.0.1:%d/%s".formatted(this.postgres.port(), database), this.postgres.username(),
				this.postgres.password());
	}

	void execute(String database, String sql) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * The one value that a query returns.
	 */
	String query(String database, String sql) throws SQLException {
		try (Connection connection = connect(database);
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(sql)) {
			row.next();
			return String.valueOf(row.getString(1));
		}
	}

	/**
	 * The same state for everybody before what is timed: nothing to vacuum, statistics
	 * that are right, nothing to write back.
	 */
	void settle(String database) throws SQLException {
		execute(database, "VACUUM ANALYZE");
		execute(database, "CHECKPOINT");
	}

	/**
	 * Makes each flush 1 ms slower, as on a cloud disk, or as fast as it is.
	 */
	void slowFlush(boolean slow) throws SQLException {
		execute("postgres", "ALTER SYSTEM SET commit_delay = " + (slow ? 1000 : 0));
		execute("postgres", "ALTER SYSTEM SET commit_siblings = " + (slow ? 0 : 5));
		execute("postgres", "SELECT pg_reload_conf()");
	}

	/**
	 * Also when the run is ended from outside, for a server outlives who started it.
	 */
	@Override
	public synchronized void close() throws IOException {
		this.postgres.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
