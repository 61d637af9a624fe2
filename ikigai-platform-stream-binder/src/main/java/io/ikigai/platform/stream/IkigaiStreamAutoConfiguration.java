package io.ikigai.platform.stream;

import java.util.Map;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.cloud.stream.config.BindingHandlerAdvise.MappingsProvider;
import org.springframework.context.annotation.Bean;

/**
 * What the application's own context has of the binder: where the defaults of bindings
 * are.
 */
@AutoConfiguration
public final class IkigaiStreamAutoConfiguration {

	IkigaiStreamAutoConfiguration() {
	}

	@Bean
	static MappingsProvider ikigaiExtendedPropertiesDefaultMappingsProvider() {
		return () -> Map.of(ConfigurationPropertyName.of(IkigaiExtendedBindingProperties.BINDINGS),
				ConfigurationPropertyName.of(IkigaiExtendedBindingProperties.DEFAULTS));
	}

}
