package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.postgresql.Driver;

/**
 * The one database of the embedded server.
 */
final class PostgresDatabase {

	private static final String NO_SUCH_DATABASE = "3D000";

	private static final String WRONG_PASSWORD = "28P01";

	/**
	 * Connection refused, and "the database system is starting up".
	 */
	private static final Set<String> NOT_YET = Set.of("08001", "57P03");

	private final int port;

	private final String password;

	private final Path passwordFile;

	PostgresDatabase(int port, String password, Path passwordFile) {
		this.port = port;
		this.password = password;
		this.passwordFile = passwordFile;
	}

	/**
	 * Creates the database unless it is there.
	 * @param patience how long the server may take to accept a connection
	 * @param server tells whether the server still runs
	 * @return the server's version
	 */
	String createIfAbsent(Duration patience, PostmasterFile server) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		while (true) {
			try {
				return connectOrCreate();
			}
			catch (SQLException ex) {
				// One that was killed while it started is not waited for
				if (!NOT_YET.contains(String.valueOf(ex.getSQLState())) || System.nanoTime() > deadline
						|| server.running().isEmpty()) {
					throw failure(ex);
				}
			}
			TimeUnit.MILLISECONDS.sleep(50);
		}
	}

	private String connectOrCreate() throws SQLException {
		try (Connection connection = connect(EmbeddedPostgres.NAME)) {
			return connection.getMetaData().getDatabaseProductVersion();
		}
		catch (SQLException ex) {
			if (!NO_SUCH_DATABASE.equals(ex.getSQLState())) {
				throw ex;
			}
		}
		try (Connection connection = connect("postgres"); Statement statement = connection.createStatement()) {
			statement.execute("CREATE DATABASE " + EmbeddedPostgres.NAME);
			return connection.getMetaData().getDatabaseProductVersion();
		}
	}

	private Connection connect(String database) throws SQLException {
		Properties properties = new Properties();
		properties.setProperty("user", EmbeddedPostgres.NAME);
		properties.setProperty("password", this.password);
		// A program that has taken the port does not get the password
		properties.setProperty("requireAuth", "scram-sha-256");
		properties.setProperty("connectTimeout", "5");
		properties.setProperty("socketTimeout", "30");
		Connection connection = new Driver().connect("jdbc:postgresql://127.0.0.1:%d/%s".formatted(this.port, database),
				properties);
		if (connection == null) {
			throw new SQLException("The driver does not take the URL");
		}
		return connection;
	}

	private EmbeddedPostgresException failure(SQLException ex) {
		if (WRONG_PASSWORD.equals(ex.getSQLState())) {
			return new EmbeddedPostgresException(
					"The embedded PostgreSQL on 127.0.0.1:%d refuses the password in %s.".formatted(this.port,
							this.passwordFile),
					"If the password was changed with SQL, write the new one to that file.", ex);
		}
		return new EmbeddedPostgresException(
				"The embedded PostgreSQL on 127.0.0.1:%d can't be used: %s".formatted(this.port, ex.getMessage()),
				"See %s.".formatted(this.passwordFile.resolveSibling("postgres.log")), ex);
	}

}
