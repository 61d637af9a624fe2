package io.ikigai.platform.autoconfigure;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which backend serves which service.
 *
 * @param queues the backend of task queues
 * @param mailboxes the backend of mailboxes
 * @param cache the backend of the cache
 * @param pubsub the backend of publish and subscribe
 * @param storage the backend of the document storage
 * @param telemetry the backend of telemetry
 */
@ConfigurationProperties(prefix = "ikigai.services", ignoreUnknownFields = false)
public record ServicesProperties(@DefaultValue("postgres") Queues queues, @DefaultValue("postgres") Mailboxes mailboxes,
		@DefaultValue("postgres") Cache cache, @DefaultValue("postgres") Pubsub pubsub,
		@DefaultValue("postgres") Storage storage, @DefaultValue("postgres") Telemetry telemetry) {

	/**
	 * Tells which services are on a backend.
	 * @param backend the backend's name
	 * @return the names of the services, sorted
	 */
	public Set<String> on(String backend) {
		Set<String> on = new TreeSet<>();
		all().forEach((service, chosen) -> {
			if (chosen.name().equalsIgnoreCase(backend)) {
				on.add(service);
			}
		});
		return on;
	}

	String backendOf(String service) {
		return Objects.requireNonNull(all().get(service)).name().toLowerCase(Locale.ROOT);
	}

	Map<String, Enum<?>> all() {
		return all(this.queues, this.mailboxes, this.cache, this.pubsub, this.storage, this.telemetry);
	}

	private static Map<String, Enum<?>> all(Enum<?> queues, Enum<?> mailboxes, Enum<?> cache, Enum<?> pubsub,
			Enum<?> storage, Enum<?> telemetry) {
		return Map.of("queues", queues, "mailboxes", mailboxes, "cache", cache, "pubsub", pubsub, "storage", storage,
				"telemetry", telemetry);
	}

	/** Backends of task queues. */
	public enum Queues {

		/** PostgreSQL. */
		POSTGRES,

		/** Redis. */
		REDIS,

		/** RabbitMQ. */
		RABBITMQ

	}

	/** Backends of mailboxes. */
	public enum Mailboxes {

		/** PostgreSQL. */
		POSTGRES,

		/** Redis. */
		REDIS,

		/** NATS. */
		NATS

	}

	/** Backends of the cache. */
	public enum Cache {

		/** PostgreSQL. */
		POSTGRES,

		/** Redis. */
		REDIS

	}

	/** Backends of publish and subscribe. */
	public enum Pubsub {

		/** PostgreSQL. */
		POSTGRES,

		/** Redis. */
		REDIS,

		/** NATS. */
		NATS

	}

	/** Backends of the document storage. */
	public enum Storage {

		/** PostgreSQL. */
		POSTGRES

	}

	/** Backends of telemetry. */
	public enum Telemetry {

		/** PostgreSQL. */
		POSTGRES,

		/** TimescaleDB. */
		TIMESCALEDB,

		/** InfluxDB. */
		INFLUXDB

	}

}
