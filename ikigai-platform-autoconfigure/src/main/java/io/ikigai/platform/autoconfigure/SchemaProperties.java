package io.ikigai.platform.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The platform's tables.
 *
 * @param migrate whether to create and change them at start; if not, they must be there
 */
@ConfigurationProperties(prefix = "ikigai.schema", ignoreUnknownFields = false)
public record SchemaProperties(@DefaultValue("true") boolean migrate) {
}
