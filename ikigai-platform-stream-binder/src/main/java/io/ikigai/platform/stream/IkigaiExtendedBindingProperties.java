package io.ikigai.platform.stream;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.cloud.stream.binder.AbstractExtendedBindingProperties;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/**
 * The properties of this binder: of single bindings, and those that hold where a binding
 * says nothing.
 */
@ConfigurationProperties(IkigaiExtendedBindingProperties.PREFIX)
public class IkigaiExtendedBindingProperties extends
		AbstractExtendedBindingProperties<IkigaiConsumerProperties, IkigaiProducerProperties, IkigaiBindingProperties> {

	static final String PREFIX = "spring.cloud.stream.ikigai";

	static final String BINDINGS = PREFIX + ".bindings";

	static final String DEFAULTS = PREFIX + ".default";

	/** For the metadata; the super class binds the defaults by itself. */
	private final IkigaiBindingProperties defaults = new IkigaiBindingProperties();

	/**
	 * Returns what holds where a binding says nothing.
	 * @return the properties
	 */
	@NestedConfigurationProperty
	public IkigaiBindingProperties getDefault() {
		return this.defaults;
	}

	/**
	 * What holds for single bindings, by their names.
	 * @return the properties by the names of the bindings
	 */
	@Override
	public Map<String, IkigaiBindingProperties> getBindings() {
		return doGetBindings();
	}

	@Override
	public String getDefaultsPrefix() {
		return DEFAULTS;
	}

	@Override
	public Class<? extends BinderSpecificPropertiesProvider> getExtendedPropertiesEntryClass() {
		return IkigaiBindingProperties.class;
	}

}
