package io.ikigai.platform.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Payloads of tasks, messages and documents.
 *
 * @param maxSize the largest payload as JSON in UTF-8; larger ones are refused
 */
@ConfigurationProperties(prefix = "ikigai.payload", ignoreUnknownFields = false)
public record PayloadProperties(@DefaultValue("1MB") DataSize maxSize) {

	/**
	 * Checks the value.
	 */
	public PayloadProperties {
		if (maxSize.toBytes() < 1) {
			throw new InvalidConfigurationPropertyValueException("ikigai.payload.max-size", maxSize,
					"It must be at least one byte.");
		}
	}

}
