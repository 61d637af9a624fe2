package io.ikigai.platform.autoconfigure;

import java.nio.file.Path;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.PlatformConnector;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Connects without an application, by a small one of its own that holds the platform and
 * nothing else.
 */
public final class SpringPlatformConnector implements PlatformConnector {

	@Override
	public Platform connect(@Nullable Path ikigaiConf) {
		SpringApplication application = new SpringApplication(Connected.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setBannerMode(Banner.Mode.OFF);
		application.setLogStartupInfo(false);
		if (ikigaiConf != null) {
			application
				.setDefaultProperties(Map.of("spring.config.import[0]", "ikigai:" + ikigaiConf.toAbsolutePath()));
		}
		application.addInitializers((context) -> context.getBeanFactory()
			.registerSingleton("ikigaiConnection", new Connection((ConfigurableApplicationContext) context)));
		return application.run().getBean(Platform.class);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ JacksonAutoConfiguration.class, DataSourceAutoConfiguration.class,
			DataSourceTransactionManagerAutoConfiguration.class, PostgresConnectionAutoConfiguration.class,
			PostgresAutoConfiguration.class, TaskQueueAutoConfiguration.class, MailboxAutoConfiguration.class,
			CacheAutoConfiguration.class, StorageAutoConfiguration.class, AgentRegistryAutoConfiguration.class,
			TelemetryAutoConfiguration.class, PubSubAutoConfiguration.class, PlatformAutoConfiguration.class })
	static class Connected {

	}

	/**
	 * What the platform's {@code close()} closes.
	 */
	static final class Connection {

		private final ConfigurableApplicationContext context;

		private Connection(ConfigurableApplicationContext context) {
			this.context = context;
		}

		void close() {
			this.context.close();
		}

	}

}
