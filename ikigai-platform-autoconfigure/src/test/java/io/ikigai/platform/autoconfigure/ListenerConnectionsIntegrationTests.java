package io.ikigai.platform.autoconfigure;

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

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * A pool that has fewer connections than listeners hold stops the start.
 */
@ExtendWith(OutputCaptureExtension.class)
class ListenerConnectionsIntegrationTests {

	private PostgresDatabase database;

	@BeforeEach
	void freshDatabase() {
		this.database = PostgresServer.shared().freshDatabase();
	}

	@Test
	void refusesAPoolThatIsTooSmall(CapturedOutput output) throws Exception {
		assertThatException().isThrownBy(() -> TestApplication.run(Handlers.class,
				TestApplication.on(this.database, "--spring.datasource.hikari.maximum-pool-size=7")));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("has 7 connections")
			.contains("need 8")
			.contains("'many' of queue 'a' holds 5", "'few' of queue 'b' holds 2")
			.contains("Set spring.datasource.hikari.maximum-pool-size to 8 or more")
			.doesNotContain("'later'")
			.doesNotContain("'leased'");
		assertThat(this.database.queryForText("SELECT count(*) FROM agent_registry")).isEqualTo("0");
	}

	@Test
	void runsOnAPoolThatIsJustLargeEnough() {
		try (ConfigurableApplicationContext context = TestApplication.run(Handlers.class,
				TestApplication.on(this.database, "--spring.datasource.hikari.maximum-pool-size=8"))) {
			completes(context);
		}
	}

	@Test
	void makesThePlatformsOwnPoolLargeEnough() {
		try (ConfigurableApplicationContext context = TestApplication.run(TenAtATime.class, TestApplication
			.on(this.database, "--ikigai.postgres.separate=true", "--spring.datasource.url=jdbc:h2:mem:pool"))) {
			completes(context);
			HikariDataSource pool = (HikariDataSource) context.getBean(PlatformDatabase.class).dataSource();
			assertThat(pool.getMaximumPoolSize()).isEqualTo(11);
		}
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

	static class TenAtATime {

		@IkigaiTaskListener(queue = "a", claim = ClaimMode.TRANSACTION, concurrency = "10")
		void handle(int number) {
		}

	}

}
