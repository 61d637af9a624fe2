package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.queue.TaskTracker;
import io.ikigai.platform.rabbitmq.RabbitmqBackend;
import io.ikigai.platform.rabbitmq.RabbitmqSettings;

import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * RabbitMQ, for the services that are configured to run on it.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class, before = TaskQueueAutoConfiguration.class,
		afterName = "org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration")
@ConditionalOnClass(
		name = { "org.springframework.amqp.rabbit.connection.ConnectionFactory", "com.rabbitmq.client.Channel" })
@ConditionalOnBackend("rabbitmq")
@EnableConfigurationProperties({ ServicesProperties.class, RabbitmqProperties.class, QueuesProperties.class,
		AgentProperties.class })
public final class RabbitmqAutoConfiguration {

	/** Of Boot, whose bundle TLS takes here too. */
	private static final String SSL_BUNDLE = "spring.rabbitmq.ssl.bundle";

	RabbitmqAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TaskTracker ikigaiTaskTracker(PostgresBackend postgres) {
		return postgres.taskTracker();
	}

	@Bean
	@ConditionalOnMissingBean
	RabbitmqBackend ikigaiRabbitmqBackend(ServicesProperties services, RabbitmqProperties properties,
			QueuesProperties queues, QueueTracking tracking, AgentProperties agent, TaskTracker tracker,
			Environment environment, ObjectProvider<ConnectionFactory> application,
			ObjectProvider<SslBundles> bundles) {
		String name = AgentIdentity.name(agent, environment);
		RabbitmqSettings settings = new RabbitmqSettings(services.on("rabbitmq"), name, queues.maxWorkerDeaths(),
				queues.failedRetention(), properties.queueType() == RabbitmqProperties.QueueType.QUORUM,
				tracking.orElse(properties.tracking()));
		if (properties.url() != null) {
			CachingConnectionFactory own = RabbitmqUrl.parse(properties.url())
				.connections("ikigai " + name, TlsBundle.of(SSL_BUNDLE, environment.getProperty(SSL_BUNDLE), bundles));
			return new RabbitmqBackend(own, settings, tracker, own::destroy);
		}
		ConnectionFactory shared = application.getIfUnique();
		if (shared == null) {
			throw new PlatformConfigurationException("The services " + services.on("rabbitmq")
					+ " are to run on RabbitMQ, but nothing says where it is: the application has no ConnectionFactory of Spring AMQP, or several and none that is @Primary.",
					"Set ikigai.rabbitmq.url = amqp://127.0.0.1:5672, or spring.rabbitmq.* of Spring Boot.", null);
		}
		return new RabbitmqBackend(shared, settings, tracker, null);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "rabbitmq", services = "queues")
	TaskStore ikigaiTaskStore(RabbitmqBackend backend) {
		return backend.taskStore();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "rabbitmq", services = "queues")
	TaskInspection ikigaiTaskInspection(RabbitmqBackend backend) {
		return backend.taskInspection();
	}

}
