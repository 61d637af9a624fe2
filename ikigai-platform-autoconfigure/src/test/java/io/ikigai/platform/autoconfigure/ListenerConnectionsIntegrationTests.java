package io.ikigai.platform.autoconfigure;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.jdbc.metadata.AbstractDataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A pool that has fewer connections than listeners hold stops the start.
 */
@ExtendWith(OutputCaptureExtension.class)
class ListenerConnectionsIntegrationTests {

	private static PostgresDatabase database;

	@BeforeEach
	void freshDatabase() {
		database = PostgresServer.shared().freshDatabase();
	}

	@Test
	void refusesAPoolThatIsTooSmall(CapturedOutput output) throws Exception {
		assertThatException().isThrownBy(() -> TestApplication.run(Handlers.class,
				TestApplication.on(database, "--spring.datasource.hikari.maximum-pool-size=7")));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("has 7 connections")
			.contains("need 8")
			.contains("'many' of queue 'a' holds 5", "'few' of queue 'b' holds 2")
			.contains("Set spring.datasource.hikari.maximum-pool-size to 8 or more")
			.doesNotContain("'later'")
			.doesNotContain("'leased'");
		assertThat(database.queryForText("SELECT count(*) FROM agent_registry")).isEqualTo("0");
	}

	@Test
	void runsOnAPoolThatIsJustLargeEnough() {
		try (ConfigurableApplicationContext context = TestApplication.run(Handlers.class,
				TestApplication.on(database, "--spring.datasource.hikari.maximum-pool-size=8"))) {
			completes(context);
		}
	}

	@Test
	void makesThePlatformsOwnPoolLargeEnough() {
		try (ConfigurableApplicationContext context = TestApplication.run(TenAtATime.class, TestApplication.on(database,
				"--ikigai.postgres.separate=true", "--spring.datasource.url=jdbc:h2:mem:pool"))) {
			completes(context);
			HikariDataSource pool = (HikariDataSource) context.getBean(PlatformDatabase.class).dataSource();
			assertThat(pool.getMaximumPoolSize()).isEqualTo(11);
		}
	}

	@Test
	void countsWhatElseComesFromAPoolWhoseAddressIsUnknown(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestApplication.run(PoolOfFive.class));
		assertThat(output).contains("has 5 connections")
			.contains("need 6")
			.contains("needs 5 more for what it does meanwhile")
			.contains("Set the largest size of the pool to 6 or more");
	}

	private static void completes(ConfigurableApplicationContext context) {
		Platform platform = context.getBean(Platform.class);
		platform.queue("a").enqueue(1);
		await().until(() -> platform.queue("a").list(TaskState.COMPLETED, 1).size() == 1);
	}

	static class Handlers {

		@IkigaiTaskListener(queue = "a", id = "many", claim = ClaimMode.TRANSACTION, concurrency = "1-5")
		void many(int number) {
		}

		@IkigaiTaskListener(queue = "b", id = "few", claim = ClaimMode.TRANSACTION, concurrency = "2")
		void few(int number) {
		}

		@IkigaiTaskListener(queue = "c", id = "later", claim = ClaimMode.TRANSACTION, concurrency = "50",
				autoStartup = "false")
		void later(int number) {
		}

		@IkigaiTaskListener(queue = "d", id = "leased", concurrency = "50")
		void leased(int number) {
		}

	}

	static class PoolOfFive {

		@Bean
		DataSource dataSource() {
			PGSimpleDataSource pool = new PGSimpleDataSource();
			pool.setUrl(database.url());
			pool.setUser(database.username());
			pool.setPassword(database.password());
			return pool;
		}

		@Bean
		DataSourcePoolMetadataProvider sizes() {
			return (dataSource) -> new AbstractDataSourcePoolMetadata<>(dataSource) {
				@Override
				public Integer getActive() {
					return 0;
				}

				@Override
				public Integer getMax() {
					return 5;
				}

				@Override
				public Integer getMin() {
					return 0;
				}

				@Override
				public String getValidationQuery() {
					return "SELECT 1";
				}

				@Override
				public Boolean getDefaultAutoCommit() {
					return true;
				}
			};
		}

		@IkigaiTaskListener(queue = "a", claim = ClaimMode.TRANSACTION)
		void handle(int number) {
		}

	}

	static class TenAtATime {

		@IkigaiTaskListener(queue = "a", claim = ClaimMode.TRANSACTION, concurrency = "10")
		void handle(int number) {
		}

	}

}
