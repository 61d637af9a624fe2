package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.redis.RedisBackend;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Redis, for the services that are configured to run on it.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class,
		before = { TaskQueueAutoConfiguration.class, CacheAutoConfiguration.class, PubSubAutoConfiguration.class },
		afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(
		name = { "org.springframework.data.redis.connection.RedisConnectionFactory", "io.lettuce.core.RedisClient" })
@ConditionalOnBackend("redis")
@EnableConfigurationProperties({ ServicesProperties.class, RedisProperties.class })
public final class RedisAutoConfiguration {

	RedisAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	RedisBackend ikigaiRedisBackend(ServicesProperties services, RedisProperties properties,
			ObjectProvider<RedisConnectionFactory> application) {
		if (properties.url() != null) {
			LettuceConnectionFactory own = RedisUrl.parse(properties.url()).connections();
			return new RedisBackend(own, services.on("redis"), own::destroy);
		}
		RedisConnectionFactory shared = application.getIfUnique();
		if (shared == null) {
			throw new PlatformConfigurationException("The services " + services.on("redis")
					+ " are to run on Redis, but nothing says where it is: the application has no RedisConnectionFactory, or several and none that is @Primary.",
					"Set ikigai.redis.url = redis://127.0.0.1:6379, or spring.data.redis.* of Spring Boot.", null);
		}
		return new RedisBackend(shared, services.on("redis"), null);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "cache")
	CacheStore ikigaiCacheStore(RedisBackend backend) {
		return backend.cacheStore();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "redis", services = "pubsub")
	TopicStore ikigaiTopicStore(RedisBackend backend) {
		return backend.topicStore();
	}

}
