package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * This application as an agent.
 *
 * @param name its name in the registry and wherever it leaves a trace; by default
 * spring.application.name
 * @param version its version; by default spring.application.version
 * @param heartbeat how often it tells that it lives; after three it is taken for failed
 */
@ConfigurationProperties(prefix = "ikigai.agent", ignoreUnknownFields = false)
public record AgentProperties(@Nullable String name, @Nullable String version, @DefaultValue("5s") Duration heartbeat) {

	/**
	 * Checks the values.
	 */
	public AgentProperties {
		if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new InvalidConfigurationPropertyValueException("ikigai.agent.heartbeat", heartbeat,
					"It must be at least one second.");
		}
		if (name != null && (name.isBlank() || name.length() > 255)) {
			throw new InvalidConfigurationPropertyValueException("ikigai.agent.name", name,
					"It must have 1 to 255 characters.");
		}
	}

}
