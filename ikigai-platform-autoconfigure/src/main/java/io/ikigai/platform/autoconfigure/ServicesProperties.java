package io.ikigai.platform.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

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
	 * Refuses what the contract names and this version does not have.
	 */
	public ServicesProperties {
		requirePostgres("queues", queues);
		requirePostgres("mailboxes", mailboxes);
		requirePostgres("cache", cache);
		requirePostgres("pubsub", pubsub);
		requirePostgres("telemetry", telemetry);
	}

	private static void requirePostgres(String service, Enum<?> backend) {
		if (!backend.name().equals("POSTGRES")) {
			throw new InvalidConfigurationPropertyValueException("ikigai.services." + service,
					backend.name().toLowerCase(java.util.Locale.ROOT),
					"This version of the platform has no such backend for " + service + " yet. Allowed: postgres.");
		}
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
