package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

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

	private static final int OLDEST_VERSION = 14;

	static DatabaseFacts of(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			DatabaseMetaData metaData = connection.getMetaData();
			return new DatabaseFacts(metaData.getDatabaseProductName(), metaData.getDatabaseMajorVersion(),
					metaData.getURL(), connection.getAutoCommit());
		}
	}

	void requirePostgres() {
		if (!"PostgreSQL".equals(this.product)) {
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
