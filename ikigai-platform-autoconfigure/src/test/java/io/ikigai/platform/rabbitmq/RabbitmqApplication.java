package io.ikigai.platform.rabbitmq;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.RabbitmqServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * A running application whose task queues are on RabbitMQ.
 *
 * @param context the application
 */
record RabbitmqApplication(ConfigurableApplicationContext context) implements AutoCloseable {

	static RabbitmqApplication start(PostgresDatabase database, RabbitmqServer rabbitmq, String... properties) {
		return start(Application.class, database, "ikigai.rabbitmq.url=" + rabbitmq.url(), properties);
	}

	static RabbitmqApplication start(Class<?> application, PostgresDatabase database, String where,
			String... properties) {
		List<String> arguments = new ArrayList<>(List.of("--ikigai.postgres.url=" + database.url(),
				"--ikigai.postgres.username=" + database.username(),
				"--ikigai.postgres.password=" + database.password(), "--" + where, "--ikigai.services.queues=rabbitmq",
				"--spring.flyway.enabled=false", "--spring.main.banner-mode=off"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new RabbitmqApplication(new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new)));
	}

	Platform platform() {
		return this.context.getBean(Platform.class);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
