package io.ikigai.platform.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.ikigai.platform.DatabaseHygiene;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.postgres.PostgresSettings;
import io.ikigai.platform.runtime.OwnJson;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * PostgreSQL, which is always there: the registry lives on it, and every service that
 * names no other backend.
 */
@AutoConfiguration(
		after = { DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				JacksonAutoConfiguration.class },
		afterName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
public final class PostgresAutoConfiguration {

	PostgresAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	PlatformDatabase ikigaiPlatformDatabase(PlatformProperties platform, ObjectProvider<DataSource> dataSources,
			ObjectProvider<JdbcConnectionDetails> details, ObjectProvider<PlatformTransactionManager> managers) {
		PostgresProperties properties = platform.postgres();
		if (properties.separate()) {
			return PlatformDatabase.ofItsOwn(properties);
		}
		DataSource dataSource = dataSources.getIfUnique();
		if (dataSource == null) {
			throw new PlatformConfigurationException(
					"The application has no DataSource, or several and none that is @Primary.",
					"Mark the one that the platform shares as @Primary, or give the platform a database of its own: "
							+ "ikigai.postgres.url and ikigai.postgres.separate = true.",
					null);
		}
		PlatformTransactionManager primary = managers.getIfUnique();
		List<PlatformTransactionManager> candidates = Stream.concat(Stream.ofNullable(primary), managers.stream())
			.distinct()
			.toList();
		return PlatformDatabase.ofApplication(dataSource, details.getIfUnique(), candidates, properties);
	}

	// After the application's own migrations: they may insist on an empty schema.
	@Bean(initMethod = "start")
	@ConditionalOnMissingBean
	@DependsOnDatabaseInitialization
	PostgresBackend ikigaiPostgresBackend(PlatformDatabase database, PlatformProperties properties,
			Environment environment) {
		QueuesProperties queues = properties.queues();
		Set<String> services = new TreeSet<>(properties.services().on("postgres"));
		services.add("agents");
		PostgresSettings settings = new PostgresSettings(properties.postgres().schema(), properties.schema().migrate(),
				AgentIdentity.name(properties.agent(), environment), properties.agent().heartbeat(),
				queues.retry().maxAttempts(), queues.maxWorkerDeaths(), queues.retention(), queues.failedRetention(),
				properties.telemetry().retention(), properties.mailboxes().retention(), properties.pubsub().retention(),
				properties.postgres().statementTimeout(), properties.payload().maxSize().toBytes(), services);
		return new PostgresBackend(database.dataSource(), database.direct(), database.transactions(), OwnJson.MAPPER,
				settings);
	}

	@Bean
	@ConditionalOnMissingBean
	DatabaseHygiene ikigaiDatabaseHygiene(PostgresBackend backend) {
		return backend.hygiene();
	}

}
