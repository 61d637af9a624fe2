package io.ikigai.platform.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application with the binder, on a PostgreSQL database.
 */
final class StreamApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private StreamApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static StreamApplication start(Class<?> beans, String... properties) {
		return start(PostgresServer.shared().freshDatabase(), beans, properties);
	}

	static StreamApplication start(PostgresDatabase database, Class<?> beans, String... properties) {
		List<String> all = new ArrayList<>(
				List.of("ikigai.postgres.url=" + database.url(), "ikigai.postgres.username=" + database.username(),
						"ikigai.postgres.password=" + database.password(), "ikigai.agent.name=stream-tests",
						"ikigai.queues.poll-interval=1m", "spring.lifecycle.timeout-per-shutdown-phase=5s"));
		all.addAll(List.of(properties));
		return new StreamApplication(new SpringApplicationBuilder(Base.class, beans).web(WebApplicationType.NONE)
			.run(Stream.of(all.toArray(String[]::new)).map((each) -> "--" + each).toArray(String[]::new)));
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	Platform platform() {
		return bean(Platform.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * No beans but those of the auto-configuration.
	 */
	@Configuration(proxyBeanMethods = false)
	static class NoBeans {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

	}

}
