package io.ikigai.platform.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;

/**
 * What an application has to add so that a backend can be used.
 *
 * @param coordinates the dependency
 * @param classes what it brings, at least
 */
record BackendDriver(String coordinates, List<String> classes) {

	private static final Map<String, BackendDriver> DRIVERS = Map.of("redis",
			new BackendDriver("org.springframework.boot:spring-boot-starter-data-redis",
					List.of("org.springframework.data.redis.connection.RedisConnectionFactory",
							"io.lettuce.core.RedisClient")),
			"rabbitmq",
			new BackendDriver("org.springframework.boot:spring-boot-starter-amqp",
					List.of("org.springframework.amqp.rabbit.connection.ConnectionFactory")),
			"nats", new BackendDriver("io.nats:jnats:2.26.2", List.of("io.nats.client.Connection")), "influxdb",
			new BackendDriver("org.influxdb:influxdb-java:2.25", List.of("org.influxdb.InfluxDB")));

	/**
	 * Checks that the drivers of the chosen backends are there, before anything starts.
	 * @param services which backend serves which service
	 * @param loader where the drivers would be
	 * @throws InvalidConfigurationPropertyValueException if one is missing
	 */
	static void check(ServicesProperties services, ClassLoader loader) {
		services.all().forEach((service, chosen) -> {
			String backend = chosen.name().toLowerCase(Locale.ROOT);
			BackendDriver driver = DRIVERS.get(backend);
			if (driver != null && !driver.classes.stream().allMatch((name) -> ClassUtils.isPresent(name, loader))) {
				throw new InvalidConfigurationPropertyValueException("ikigai.services." + service, backend,
						"Its driver is not on the class path. Add the dependency " + driver.coordinates
								+ ", or set ikigai.services." + service + " = postgres.");
			}
		});
	}

	/**
	 * Checks that a service whose store would be PostgreSQL's is meant to be there:
	 * otherwise somebody has excluded the auto-configuration of the chosen backend.
	 */
	static void requirePostgres(String service, Enum<?> chosen) {
		String backend = chosen.name().toLowerCase(Locale.ROOT);
		if (!backend.equals("postgres")) {
			throw new InvalidConfigurationPropertyValueException("ikigai.services." + service, backend,
					"Nothing configures it: its auto-configuration is excluded. Include it, or set ikigai.services."
							+ service + " = postgres.");
		}
	}

}
