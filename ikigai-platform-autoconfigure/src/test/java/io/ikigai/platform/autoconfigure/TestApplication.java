package io.ikigai.platform.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.testservers.PostgresDatabase;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application with the platform and nothing else.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TestApplication {

	static ConfigurableApplicationContext run(String... arguments) {
		return run(TestApplication.class, arguments);
	}

	static ConfigurableApplicationContext run(Class<?> configuration, String... arguments) {
		return new SpringApplicationBuilder(TestApplication.class, configuration).web(WebApplicationType.NONE)
			.properties("spring.flyway.enabled=false")
			.run(arguments);
	}

	static String[] on(PostgresDatabase database, String... more) {
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password()));
		arguments.addAll(List.of(more));
		return arguments.toArray(String[]::new);
	}

}
