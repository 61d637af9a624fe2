package io.ikigai.platform.guide;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Starts an application with the examples of a chapter, on a database of its own.
 */
final class GuideApplication {

	private GuideApplication() {
	}

	static ConfigurableApplicationContext start(Class<?> examples, String... properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		List<String> all = new ArrayList<>(List.of("ikigai.postgres.url=" + database.url(),
				"ikigai.postgres.username=" + database.username(), "ikigai.postgres.password=" + database.password(),
				"ikigai.agent.name=guide", "spring.flyway.enabled=false"));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(Base.class, examples).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

	}

}
