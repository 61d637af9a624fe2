package io.ikigai.platform.autoconfigure;

import java.util.Locale;
import java.util.Map;

/**
 * What an application has to add so that a backend can be used.
 */
final class BackendDriver {

	private static final Map<String, String> COORDINATES = Map.of("redis",
			"org.springframework.boot:spring-boot-starter-data-redis", "rabbitmq",
			"org.springframework.boot:spring-boot-starter-amqp", "nats", "io.nats:jnats:2.26.2", "influxdb",
			"org.influxdb:influxdb-java:2.25");

	private BackendDriver() {
	}

	/**
	 * Checks that a service whose store would be PostgreSQL's is meant to be there:
	 * otherwise the chosen backend has not been configured, for want of its driver.
	 */
	static void requirePostgres(String service, Enum<?> chosen) {
		String backend = chosen.name().toLowerCase(Locale.ROOT);
		if (backend.equals("postgres")) {
			return;
		}
		String coordinates = COORDINATES.get(backend);
		throw new PlatformConfigurationException(
				"ikigai.services." + service + " is " + backend + ", whose driver is not there.",
				"Add the dependency " + coordinates + ", or set ikigai.services." + service + " = postgres.", null);
	}

}
