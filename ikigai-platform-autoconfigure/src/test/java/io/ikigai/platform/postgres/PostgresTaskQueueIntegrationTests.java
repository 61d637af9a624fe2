package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The compatibility kit of task queues on PostgreSQL.
 */
class PostgresTaskQueueIntegrationTests extends TaskQueueContractTests {

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
					"--ikigai.postgres.password=" + database.password());
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Override
	protected Platform platform() {
		return context.getBean(Platform.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
