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

	/**
	 * Imports what {@code META-INF/spring} lists under the name of this class: some of it
	 * is there only if a backend's driver is.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration
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
