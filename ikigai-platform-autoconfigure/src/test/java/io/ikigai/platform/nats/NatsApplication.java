package io.ikigai.platform.nats;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * A running application whose mailboxes and topics are on NATS.
 *
 * @param context the application
 */
record NatsApplication(ConfigurableApplicationContext context) implements AutoCloseable {

	static NatsApplication start(PostgresDatabase database, String url, String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password(), "--ikigai.nats.url=" + url,
						"--ikigai.services.mailboxes=nats", "--ikigai.services.pubsub=nats",
						"--ikigai.mailboxes.poll-interval=10m", "--spring.flyway.enabled=false",
						"--spring.main.banner-mode=off"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new NatsApplication(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new)));
	}

	Platform platform() {
		return this.context.getBean(Platform.class);
	}

	NatsBackend backend() {
		return this.context.getBean(NatsBackend.class);
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
