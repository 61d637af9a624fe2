package io.ikigai.platform.autoconfigure;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * An application that has a database beside the platform's: refused, unless it says that
 * it means it.
 */
@ExtendWith(OutputCaptureExtension.class)
class SeparateDatabaseIntegrationTests {

	private final PostgresDatabase platforms = PostgresServer.shared().freshDatabase();

	private final PostgresDatabase applications = PostgresServer.shared().freshDatabase();

	@Test
	void refusesAnotherSpringDatasourceUrl(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication
			.run(TestApplication.on(this.platforms, "--spring.datasource.url=" + this.applications.url())));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("ikigai.postgres.url and spring.datasource.url name different databases")
			.contains("ikigai.postgres.separate = true");
	}

	@Test
	void refusesADataSourceBeanOfAnotherDatabase(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> TestApplication.run(WithDataSource.class, bean(TestApplication.on(this.platforms))));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("ikigai.postgres.url and the application's DataSource (" + this.applications.url()
					+ ") name different databases")
			.contains("ikigai.postgres.separate = true")
			.doesNotContain(this.applications.password());
	}

	@Test
	void refusesAServiceConnectionToAnotherDatabase(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> TestApplication.run(WithConnectionDetails.class, bean(TestApplication.on(this.platforms))));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("name different databases");
	}

	@Test
	void refusesADataSourceOfAnotherProduct(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication.run("--spring.datasource.url=jdbc:h2:mem:application"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The application's DataSource is a H2")
			.contains("set ikigai.postgres.url and ikigai.postgres.separate = true");
	}

	@Test
	void hasAPoolOfItsOwnBesideAnotherProduct() {
		try (ConfigurableApplicationContext context = TestApplication.run(TestApplication.on(this.platforms,
				"--ikigai.postgres.separate=true", "--spring.datasource.url=jdbc:h2:mem:application"))) {
			assertThat(context.getBean(JdbcClient.class).sql("SELECT h2version()").query(String.class).single())
				.isNotEmpty();
			Platform platform = context.getBean(Platform.class);
			platform.transaction(() -> platform.queue("orders").enqueue(1));
			assertThat(platform.queue("orders").stats().ready()).isOne();
		}
	}

	@Test
	void hasAPoolOfItsOwnBesideAnotherPostgres() throws SQLException {
		HikariDataSource pool;
		try (ConfigurableApplicationContext context = TestApplication.run(WithDataSource.class,
				bean(TestApplication.on(this.platforms, "--ikigai.postgres.separate=true")))) {
			Platform platform = context.getBean(Platform.class);
			// As documented: no transaction in common.
			new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> {
					platform.queue("orders").enqueue(1);
					status.setRollbackOnly();
				});
			assertThat(platform.queue("orders").stats().ready()).isOne();
			pool = (HikariDataSource) context.getBean(PlatformDatabase.class).dataSource();
			assertThat(pool.isRunning()).isTrue();
		}
		assertThat(pool.isClosed()).isTrue();
		assertThat(this.platforms.queryForText("SELECT count(*) FROM task_queue")).isEqualTo("1");
		assertThat(this.applications.queryForText("SELECT to_regclass('task_queue')")).isNull();
	}

	@Test
	void refusesSeparateWithoutAUrl(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication.run("--ikigai.postgres.separate=true",
				"--spring.datasource.url=jdbc:h2:mem:application"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("ikigai.postgres.separate is true, but ikigai.postgres.url names no database");
	}

	private String[] bean(String[] arguments) {
		String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 3);
		all[arguments.length] = "--test.url=" + this.applications.url();
		all[arguments.length + 1] = "--test.username=" + this.applications.username();
		all[arguments.length + 2] = "--test.password=" + this.applications.password();
		return all;
	}

	@Configuration(proxyBeanMethods = false)
	static class WithDataSource {

		@Bean
		DataSource orderDatabase(Environment environment) {
			return new DriverManagerDataSource(environment.getRequiredProperty("test.url"),
					environment.getRequiredProperty("test.username"), environment.getRequiredProperty("test.password"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithConnectionDetails {

		@Bean
		JdbcConnectionDetails serviceConnection(Environment environment) {
			return new JdbcConnectionDetails() {
				@Override
				public String getUsername() {
					return environment.getRequiredProperty("test.username");
				}

				@Override
				public String getPassword() {
					return environment.getRequiredProperty("test.password");
				}

				@Override
				public String getJdbcUrl() {
					return environment.getRequiredProperty("test.url");
				}
			};
		}

	}

}
