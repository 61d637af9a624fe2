package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * A running application whose platform is on a database of a test.
 *
 * @param context the application
 */
record PostgresApplication(ConfigurableApplicationContext context) implements AutoCloseable {

	/**
	 * Starts an application that has no migrations of its own.
	 * @param database the database
	 * @param properties further properties, {@code key=value}
	 */
	static PostgresApplication start(PostgresDatabase database, String... properties) {
		return start(WithoutFlyway.class, database, properties);
	}

	/**
	 * Starts an application that uses Boot's Flyway for its own tables.
	 */
	static PostgresApplication startWithOwnFlyway(PostgresDatabase database, String... properties) {
		return start(WithFlyway.class, database, properties);
	}

	static PostgresApplication start(Class<?> source, PostgresDatabase database, String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password(), "--spring.main.banner-mode=off"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new PostgresApplication(new SpringApplicationBuilder(source).web(WebApplicationType.NONE)
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
	@EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
	static class WithoutFlyway {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithFlyway {

	}

}
