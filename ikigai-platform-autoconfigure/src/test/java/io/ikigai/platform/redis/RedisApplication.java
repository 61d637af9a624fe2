package io.ikigai.platform.redis;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.RedisServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * A running application whose cache and topics are on Redis.
 *
 * @param context the application
 */
record RedisApplication(ConfigurableApplicationContext context) implements AutoCloseable {

	static RedisApplication start(PostgresDatabase database, RedisServer redis, String... properties) {
		return start(database, redis.url(), properties);
	}

	static RedisApplication start(PostgresDatabase database, String url, String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password(), "--ikigai.redis.url=" + url,
						"--ikigai.services.cache=redis", "--ikigai.services.pubsub=redis",
						"--spring.flyway.enabled=false", "--spring.main.banner-mode=off"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new RedisApplication(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
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
