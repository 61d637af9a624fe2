package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Redis.
 *
 * @param url where it is, such as redis://:secret@127.0.0.1:6379, with rediss for TLS,
 * and with several hosts joined by commas for a Redis Cluster; if it is not set,
 * spring.data.redis says where
 */
@ConfigurationProperties(prefix = "ikigai.redis", ignoreUnknownFields = false)
public record RedisProperties(@Nullable String url) {

	@Override
	public String toString() {
		return "RedisProperties[url=" + ((this.url != null) ? "(set)" : "(not set)") + "]";
	}

}
