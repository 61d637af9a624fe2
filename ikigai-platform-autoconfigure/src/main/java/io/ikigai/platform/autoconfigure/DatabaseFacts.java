package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * What a first connection tells about a database.
 *
 * @param product the product
 * @param version its major version
 * @param url its JDBC address
 * @param autoCommit whether connections come with auto-commit on
 */
record DatabaseFacts(String product, int version, @Nullable String url, boolean autoCommit) {

	private static final String POSTGRES = "PostgreSQL";

	private static final int OLDEST_VERSION = 14;

	static DatabaseFacts of(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			DatabaseMetaData metaData = connection.getMetaData();
			if (POSTGRES.equals(metaData.getDatabaseProductName())) {
				SilentConnections.warnWithoutLimit(connection);
				refuseReadOnly(connection);
			}
			return new DatabaseFacts(metaData.getDatabaseProductName(), metaData.getDatabaseMajorVersion(),
					metaData.getURL(), connection.getAutoCommit());
		}
	}

	// A standby says so too, and is no question of settings
	private static void refuseReadOnly(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(
						"SELECT current_setting('default_transaction_read_only') = 'on' AND NOT pg_is_in_recovery(), "
								+ "current_user, current_database()")) {
			if (row.next() && row.getBoolean(1)) {
				throw new PlatformConfigurationException(
						"Transactions of the role '%s' in the database '%s' are read-only, and the platform writes."
							.formatted(row.getString(2), row.getString(3)),
						"Set default_transaction_read_only = off for the role and the database (ALTER ROLE … SET, "
								+ "ALTER DATABASE … SET), and remove spring.datasource.hikari.read-only if it is set. "
								+ "If the application only reads there, give the platform a database of its own: "
								+ "ikigai.postgres.url and ikigai.postgres.separate = true.",
						null);
			}
		}
	}

	void requirePostgres() {
		if (!POSTGRES.equals(this.product)) {
			throw new PlatformConfigurationException(
					"The application's DataSource is a " + this.product + ", and the platform needs a PostgreSQL.",
					"Give the platform a database of its own: set ikigai.postgres.url and "
							+ "ikigai.postgres.separate = true. It then has no transaction in common with the "
							+ "application's tables.",
					null);
		}
		if (this.version < OLDEST_VERSION) {
			throw new PlatformConfigurationException("The PostgreSQL is of version " + this.version
					+ ", and the platform needs " + OLDEST_VERSION + " or later.",
					"Upgrade the server, or name another one in ikigai.postgres.url.", null);
		}
	}

}
