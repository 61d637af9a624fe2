package io.ikigai.platform.stream;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/**
 * What one binding of this binder can be told.
 */
public class IkigaiBindingProperties implements BinderSpecificPropertiesProvider {

	@NestedConfigurationProperty
	private IkigaiConsumerProperties consumer = new IkigaiConsumerProperties();

	@NestedConfigurationProperty
	private IkigaiProducerProperties producer = new IkigaiProducerProperties();

	@Override
	public IkigaiConsumerProperties getConsumer() {
		return this.consumer;
	}

	/**
	 * Sets what holds for a consumer.
	 * @param consumer the properties
	 */
	public void setConsumer(IkigaiConsumerProperties consumer) {
		this.consumer = consumer;
	}

	@Override
	public IkigaiProducerProperties getProducer() {
		return this.producer;
	}

	/**
	 * Sets what holds for a producer.
	 * @param producer the properties
	 */
	public void setProducer(IkigaiProducerProperties producer) {
		this.producer = producer;
	}

}
