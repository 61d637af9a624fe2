package io.ikigai.platform.conf;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * An application for {@link IkigaiConfIntegrationTests} that prints the backend of each
 * service.
 */
@Configuration(proxyBeanMethods = false)
public class PropertyPrintingApplication {

	public static void main(String[] args) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(PropertyPrintingApplication.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run(args)) {
			Environment environment = context.getEnvironment();
			for (String service : new String[] { "queues", "mailboxes", "cache", "pubsub", "storage", "telemetry" }) {
				System.out.println(service + " -> " + environment.getProperty("ikigai.services." + service));
			}
		}
	}

}
