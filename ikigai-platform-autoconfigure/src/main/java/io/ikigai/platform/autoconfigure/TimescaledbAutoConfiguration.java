package io.ikigai.platform.autoconfigure;

import java.sql.SQLException;
import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.postgres.TimescaledbBackend;
import io.ikigai.platform.postgres.TimescaledbUnusableException;
import io.ikigai.platform.telemetry.TelemetryStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * TimescaleDB, if telemetry is configured to be kept on it.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class, before = TelemetryAutoConfiguration.class)
@ConditionalOnBackend("timescaledb")
@EnableConfigurationProperties(TimescaledbProperties.class)
public final class TimescaledbAutoConfiguration {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final String URL = "ikigai.timescaledb.url";

	TimescaledbAutoConfiguration() {
	}

	// After PostgreSQL's backend, which makes the table on the platform's own server.
	@Bean
	@ConditionalOnMissingBean
	TimescaledbBackend ikigaiTimescaledbBackend(PostgresBackend postgres, PlatformDatabase database,
			PlatformProperties platform, TimescaledbProperties properties,
			ObjectProvider<TimescaledbConnectionDetails> connections) {
		HikariDataSource own = own(properties, connections.getIfAvailable());
		TimescaledbBackend backend = new TimescaledbBackend((own != null) ? own : database.dataSource(),
				(own != null) ? new JdbcTransactionManager(own) : database.transactionManager(),
				(own != null) ? null : database.transactions(), platform.postgres().schema(),
				platform.telemetry().retention(), own);
		try {
			if (own != null) {
				own.getConnection().close();
			}
			backend.start(platform.schema().migrate());
			return backend;
		}
		catch (SQLException ex) {
			close(own);
			throw new UnusableDatabase((own != null) ? own.getJdbcUrl() : null, URL).because(ex);
		}
		catch (TimescaledbUnusableException ex) {
			close(own);
			throw new PlatformConfigurationException("ikigai.services.telemetry is timescaledb. " + ex
				.getMessage() + ".", "Install TimescaleDB on the server that "
						+ ((own != null) ? URL : "ikigai.postgres.url, without " + URL + ",")
						+ " names, with shared_preload_libraries = 'timescaledb' in its configuration, and have a role "
						+ "that owns the database run CREATE EXTENSION timescaledb; or set "
						+ "ikigai.services.telemetry = postgres.",
					ex);
		}
		catch (RuntimeException ex) {
			close(own);
			if (own != null && ex.getCause() instanceof SQLException failure
					&& UnusableDatabase.isConnectionFailure(failure)) {
				throw new UnusableDatabase(own.getJdbcUrl(), URL).because(failure);
			}
			throw ex;
		}
	}

	private static void close(@Nullable HikariDataSource own) {
		if (own != null) {
			own.close();
		}
	}

	private static @Nullable HikariDataSource own(TimescaledbProperties properties,
			@Nullable TimescaledbConnectionDetails details) {
		if (details == null && properties.url() == null) {
			return null;
		}
		HikariDataSource own = new HikariDataSource();
		own.setPoolName("ikigai-timescaledb");
		own.setMaximumPoolSize(properties.poolSize());
		// Health, and who asks, need not wait half a minute to learn that it is away
		own.setConnectionTimeout(TIMEOUT.toMillis());
		if (details != null) {
			own.setJdbcUrl(details.jdbcUrl());
			own.setUsername(details.username());
			own.setPassword(details.password());
		}
		else {
			PostgresUrl url = PostgresUrl.parse(URL, String.valueOf(properties.url()));
			own.setJdbcUrl(url.jdbcUrl());
			own.setUsername((url.username() != null) ? url.username() : properties.username());
			own.setPassword((url.password() != null) ? url.password() : properties.password());
		}
		return own;
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryStore ikigaiTelemetryStore(TimescaledbBackend backend) {
		return backend.telemetryStore();
	}

}
