package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Where the connections beside the pool come from: the same database, past the pool, and
 * past a pooler if its own address is configured.
 */
final class DirectDataSource {

	private static final String LISTEN_URL = "ikigai.postgres.listen-url";

	private DirectDataSource() {
	}

	static DataSource of(DataSource dataSource, @Nullable String url, @Nullable JdbcConnectionDetails details,
			PostgresProperties properties) {
		HikariDataSource pool = hikari(dataSource);
		// Connection details may be there that the DataSource was not made of.
		JdbcConnectionDetails known = (details != null && url != null
				&& PostgresUrl.sameDatabase(details.getJdbcUrl(), url)) ? details : null;
		String username = (pool != null) ? pool.getUsername() : (known != null) ? known.getUsername() : null;
		String password = (pool != null) ? pool.getPassword() : (known != null) ? known.getPassword() : null;
		if (properties.listenUrl() != null) {
			PostgresUrl listen = PostgresUrl.parse(LISTEN_URL, properties.listenUrl());
			return checked(listen.jdbcUrl(),
					direct(listen.jdbcUrl(), (listen.username() != null) ? listen.username() : username,
							(listen.password() != null) ? listen.password() : password, new Properties()));
		}
		if (pool != null && pool.getJdbcUrl() != null) {
			return direct(pool.getJdbcUrl(), username, password, pool.getDataSourceProperties());
		}
		if (known != null) {
			return direct(known.getJdbcUrl(), username, password, new Properties());
		}
		return dataSource;
	}

	private static DataSource checked(String url, DataSource listening) {
		try (Connection connection = listening.getConnection()) {
			return listening;
		}
		catch (SQLException ex) {
			throw new UnusableDatabase(url, LISTEN_URL).because(ex);
		}
	}

	static @Nullable HikariDataSource hikari(DataSource dataSource) {
		return DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class, HikariDataSource.class);
	}

	private static DataSource direct(String url, @Nullable String username, @Nullable String password,
			Properties properties) {
		DriverManagerDataSource direct = new DriverManagerDataSource(ListenSocketFactory.addedTo(url, properties));
		direct.setUsername(username);
		direct.setPassword(password);
		Properties all = new Properties();
		all.putAll(properties);
		all.putIfAbsent("tcpKeepAlive", "true");
		all.putIfAbsent("connectTimeout", "10");
		// A network that swallows packets must not hold up leases for ever.
		all.putIfAbsent("socketTimeout", "60");
		all.putIfAbsent("loginTimeout", SilentConnections.LOGIN_TIMEOUT);
		direct.setConnectionProperties(all);
		return direct;
	}

}
