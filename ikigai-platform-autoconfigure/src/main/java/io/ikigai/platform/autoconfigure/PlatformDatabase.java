package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;

/**
 * The database that the platform runs on: the application's, or one of its own.
 *
 * @param dataSource the pool
 * @param direct where the connections that listen and extend leases come from, past the
 * pool if possible
 * @param transactionManager the manager of its transactions
 * @param owned whether the pool is the platform's own, to be closed with it
 */
record PlatformDatabase(DataSource dataSource, DataSource direct, PlatformTransactionManager transactionManager,
		boolean owned) implements AutoCloseable {

	private static final int OLDEST_VERSION = 14;

	static PlatformDatabase ofApplication(DataSource dataSource, @Nullable JdbcConnectionDetails details,
			List<PlatformTransactionManager> managers, PostgresProperties properties) {
		check(dataSource);
		return new PlatformDatabase(dataSource, direct(dataSource, details, properties),
				transactionManager(dataSource, managers), false);
	}

	static PlatformDatabase ofItsOwn(PostgresProperties properties) {
		if (properties.url() == null) {
			throw new PlatformConfigurationException(
					"ikigai.postgres.separate is true, but ikigai.postgres.url names no database.",
					"Set ikigai.postgres.url, or remove ikigai.postgres.separate.", null);
		}
		PostgresUrl url = PostgresUrl.parse("ikigai.postgres.url", properties.url());
		HikariDataSource pool = new HikariDataSource();
		pool.setPoolName("ikigai");
		pool.setJdbcUrl(url.jdbcUrl());
		pool.setUsername((url.username() != null) ? url.username() : properties.username());
		pool.setPassword((url.password() != null) ? url.password() : properties.password());
		check(pool);
		return new PlatformDatabase(pool, direct(pool, null, properties), new JdbcTransactionManager(pool), true);
	}

	private static void check(DataSource dataSource) {
		try (Connection connection = dataSource.getConnection()) {
			String product = connection.getMetaData().getDatabaseProductName();
			if (!"PostgreSQL".equals(product)) {
				throw new PlatformConfigurationException(
						"The application's DataSource is a " + product + ", and the platform needs a PostgreSQL.",
						"Give the platform a database of its own: set ikigai.postgres.url and "
								+ "ikigai.postgres.separate = true. It then has no transaction in common with the "
								+ "application's tables.",
						null);
			}
			int version = connection.getMetaData().getDatabaseMajorVersion();
			if (version < OLDEST_VERSION) {
				throw new PlatformConfigurationException(
						"The PostgreSQL is of version " + version + ", and the platform needs " + OLDEST_VERSION
								+ " or later.",
						"Upgrade the server, or name another one in ikigai.postgres.url.", null);
			}
		}
		catch (SQLException ex) {
			throw unreachable(dataSource, ex);
		}
	}

	private static PlatformConfigurationException unreachable(DataSource dataSource, SQLException ex) {
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		SQLException answer = (root instanceof SQLException sql) ? sql : ex;
		String action = switch (String.valueOf(answer.getSQLState())) {
			case "28P01", "28000" -> "Check user and password";
			case "3D000" -> "Create the database, or name another one";
			default -> "Start the server, or check host and port";
		};
		return new PlatformConfigurationException(
				"The platform's PostgreSQL" + address(dataSource) + " cannot be used: " + answer.getMessage(),
				action + ". The address comes from ikigai.postgres.url, or else from spring.datasource.*.", ex);
	}

	private static String address(DataSource dataSource) {
		HikariDataSource pool = hikari(dataSource);
		return (pool != null && pool.getJdbcUrl() != null) ? " at " + pool.getJdbcUrl().replaceAll("\\?.*", "") : "";
	}

	private static @Nullable HikariDataSource hikari(DataSource dataSource) {
		return DataSourceUnwrapper.unwrap(dataSource, com.zaxxer.hikari.HikariConfigMXBean.class,
				HikariDataSource.class);
	}

	private static DataSource direct(DataSource dataSource, @Nullable JdbcConnectionDetails details,
			PostgresProperties properties) {
		HikariDataSource pool = hikari(dataSource);
		String username = (details != null) ? details.getUsername() : (pool != null) ? pool.getUsername() : null;
		String password = (details != null) ? details.getPassword() : (pool != null) ? pool.getPassword() : null;
		if (properties.listenUrl() != null) {
			PostgresUrl url = PostgresUrl.parse("ikigai.postgres.listen-url", properties.listenUrl());
			return direct(url.jdbcUrl(), (url.username() != null) ? url.username() : username,
					(url.password() != null) ? url.password() : password, new Properties());
		}
		if (details != null) {
			return direct(details.getJdbcUrl(), username, password, new Properties());
		}
		if (pool != null && pool.getJdbcUrl() != null) {
			return direct(pool.getJdbcUrl(), username, password, pool.getDataSourceProperties());
		}
		return dataSource;
	}

	private static DataSource direct(String url, @Nullable String username, @Nullable String password,
			Properties properties) {
		DriverManagerDataSource direct = new DriverManagerDataSource(url);
		direct.setUsername(username);
		direct.setPassword(password);
		Properties all = new Properties();
		all.putAll(properties);
		all.putIfAbsent("tcpKeepAlive", "true");
		all.putIfAbsent("connectTimeout", "10");
		// A network that swallows packets must not hold up leases for ever.
		all.putIfAbsent("socketTimeout", "60");
		direct.setConnectionProperties(all);
		return direct;
	}

	private static PlatformTransactionManager transactionManager(DataSource dataSource,
			List<PlatformTransactionManager> managers) {
		if (managers.size() == 1) {
			return managers.get(0);
		}
		return managers.stream()
			.filter((manager) -> manager instanceof ResourceTransactionManager of
					&& of.getResourceFactory() == dataSource)
			.findFirst()
			.orElseThrow(() -> new PlatformConfigurationException("The application has " + managers.size()
					+ " transaction managers, and none of them is marked as the one of the platform's DataSource.",
					"Mark one as @Primary, or declare a JdbcTransactionManager for the DataSource.", null));
	}

	static PlatformConfigurationException twoDatabases(String other) {
		return new PlatformConfigurationException("ikigai.postgres.url and " + other + " name different databases.",
				"Remove one of them: the platform's work and the application's tables then share their transactions. "
						+ "To keep both without a common transaction, set ikigai.postgres.separate = true.",
				null);
	}

	@Override
	public void close() {
		if (this.owned && this.dataSource instanceof HikariDataSource pool) {
			pool.close();
		}
	}

}
