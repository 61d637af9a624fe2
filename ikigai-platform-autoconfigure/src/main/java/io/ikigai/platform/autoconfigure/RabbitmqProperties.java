package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * RabbitMQ.
 *
 * @param url where it is, such as amqp://user:secret@127.0.0.1:5672, with amqps for TLS,
 * and with several hosts joined by commas for a cluster; if it is not set,
 * spring.rabbitmq says where
 * @param queueType the broker's queues: classic, with ten priorities, or quorum,
 * replicated and with two
 * @param tracking whether the state of each task is kept in PostgreSQL, for queues where
 * ikigai.queues.[name].tracking does not say it
 */
@ConfigurationProperties(prefix = "ikigai.rabbitmq", ignoreUnknownFields = false)
public record RabbitmqProperties(@Nullable String url, @DefaultValue("classic") QueueType queueType,
		@DefaultValue("false") boolean tracking) {

	@Override
	public String toString() {
		return "RabbitmqProperties[url=" + ((this.url != null) ? "(set)" : "(not set)") + ", queueType="
				+ this.queueType + ", tracking=" + this.tracking + "]";
	}

	/** Kinds of queues of the broker. */
	public enum QueueType {

		/** On one node. */
		CLASSIC,

		/** Replicated. */
		QUORUM

	}

}
