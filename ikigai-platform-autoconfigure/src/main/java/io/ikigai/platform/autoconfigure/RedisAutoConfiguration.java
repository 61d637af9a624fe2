package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.redis.RedisBackend;
import io.ikigai.platform.redis.RedisSettings;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Redis, for the services that are configured to run on it.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class,
		before = { TaskQueueAutoConfiguration.class, MailboxAutoConfiguration.class, CacheAutoConfiguration.class,
				PubSubAutoConfiguration.class },
		afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(
		name = { "org.springframework.data.redis.connection.RedisConnectionFactory", "io.lettuce.core.RedisClient" })
@ConditionalOnBackend("redis")
@EnableConfigurationProperties({ ServicesProperties.class, RedisProperties.class, QueuesProperties.class,
		MailboxesProperties.class, AgentProperties.class })
public final class RedisAutoConfiguration {

	/** Of Boot, whose bundle TLS takes here too. */
	private static final String SSL_BUNDLE = "spring.data.redis.ssl.bundle";

	RedisAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	RedisBackend ikigaiRedisBackend(ServicesProperties services, RedisProperties properties, QueuesProperties queues,
			AgentProperties agent, Environment environment, ObjectProvider<RedisConnectionFactory> application,
			ObjectProvider<SslBundles> bundles) {
		RedisSettings settings = new RedisSettings(services.on("redis"), AgentIdentity.name(agent, environment),
				queues.retry().maxAttempts(), queues.maxWorkerDeaths(), queues.retention(), queues.failedRetention());
		if (properties.url() != null) {
			LettuceConnectionFactory own = RedisUrl.parse(properties.url())
				.connections(TlsBundle.of(SSL_BUNDLE, environment.getProperty(SSL_BUNDLE), bundles));
			return new RedisBackend(own, settings, own::destroy);
		}
		RedisConnectionFactory shared = application.getIfUnique();
		if (shared == null) {
			throw new PlatformConfigurationException("The services " + services.on("redis")
					+ " are to run on Redis, but nothing says where it is: the application has no RedisConnectionFactory, or several and none that is @Primary.",
					"Set ikigai.redis.url = redis://127.0.0.1:6379, or spring.data.redis.* of Spring Boot.", null);
		}
		return new RedisBackend(shared, settings, null);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "queues")
	TaskStore ikigaiTaskStore(RedisBackend backend) {
		return backend.taskStore();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "queues")
	TaskInspection ikigaiTaskInspection(RedisBackend backend) {
		return backend.taskInspection();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "cache")
	CacheStore ikigaiCacheStore(RedisBackend backend) {
		return backend.cacheStore();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "mailboxes")
	MailboxStore ikigaiMailboxStore(RedisBackend backend, AgentProperties agent, Environment environment,
			MailboxesProperties mailboxes) {
		return backend.mailboxStore(AgentIdentity.name(agent, environment), mailboxes.retention());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "pubsub")
	TopicStore ikigaiTopicStore(RedisBackend backend) {
		return backend.topicStore();
	}

}
