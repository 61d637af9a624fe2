package io.ikigai.platform.stream;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.DefaultPollableMessageSource;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.PollableSource;
import org.springframework.cloud.stream.binding.MessageConverterConfigurer;
import org.springframework.cloud.stream.config.BindingProperties;
import org.springframework.cloud.stream.config.BindingServiceProperties;
import org.springframework.cloud.stream.converter.CompositeMessageConverterFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.converter.CompositeMessageConverter;

/**
 * The binder in a context of its own, bound by hand as Spring Cloud Stream's own tests of
 * binders do it. What was bound is unbound at the end.
 */
final class TestBinder implements AutoCloseable {

	private final GenericApplicationContext context = new AnnotationConfigApplicationContext(
			IntegrationAutoConfiguration.class);

	private final IkigaiMessageChannelBinder binder;

	private final List<Binding<?>> bindings = new ArrayList<>();

	TestBinder(StreamApplication application) {
		IkigaiExtendedBindingProperties properties = new IkigaiExtendedBindingProperties();
		properties.setApplicationContext(this.context);
		this.binder = IkigaiMessageChannelBinder.of(application.context(), properties);
		this.binder.setApplicationContext(this.context);
		try {
			this.binder.afterPropertiesSet();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	GenericApplicationContext context() {
		return this.context;
	}

	IkigaiMessageChannelBinder binder() {
		return this.binder;
	}

	static ExtendedConsumerProperties<IkigaiConsumerProperties> consuming() {
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = new ExtendedConsumerProperties<>(
				new IkigaiConsumerProperties());
		properties.setBackOffInitialInterval(20);
		return properties;
	}

	static ExtendedConsumerProperties<IkigaiConsumerProperties> consuming(DestinationType type) {
		ExtendedConsumerProperties<IkigaiConsumerProperties> properties = consuming();
		properties.getExtension().setDestinationType(type);
		return properties;
	}

	static ExtendedProducerProperties<IkigaiProducerProperties> producing() {
		return new ExtendedProducerProperties<>(new IkigaiProducerProperties());
	}

	static ExtendedProducerProperties<IkigaiProducerProperties> producing(DestinationType type) {
		ExtendedProducerProperties<IkigaiProducerProperties> properties = producing();
		properties.getExtension().setDestinationType(type);
		return properties;
	}

	Binding<MessageChannel> consume(String destination, @Nullable String group, MessageChannel channel) {
		return consume(destination, group, channel, consuming());
	}

	Binding<MessageChannel> consume(String destination, @Nullable String group, MessageChannel channel,
			ExtendedConsumerProperties<IkigaiConsumerProperties> properties) {
		return keep(this.binder.bindConsumer(destination, group, channel, properties));
	}

	DirectChannel produce(String destination) {
		return produce(destination, producing());
	}

	DirectChannel produce(String destination, ExtendedProducerProperties<IkigaiProducerProperties> properties) {
		DirectChannel channel = output(properties);
		keep(this.binder.bindProducer(destination, channel, properties));
		return channel;
	}

	DefaultPollableMessageSource poll(String destination, @Nullable String group,
			ExtendedConsumerProperties<IkigaiConsumerProperties> properties) {
		DefaultPollableMessageSource source = new DefaultPollableMessageSource(converters());
		configurer("polled", consumer(properties)).configurePolledMessageSource(source, "polled");
		Binding<PollableSource<MessageHandler>> binding = this.binder.bindPollableConsumer(destination, group, source,
				properties);
		keep(binding);
		return source;
	}

	<T> Binding<T> keep(Binding<T> binding) {
		this.bindings.add(binding);
		return binding;
	}

	DirectChannel output(ExtendedProducerProperties<IkigaiProducerProperties> properties) {
		BindingProperties binding = new BindingProperties();
		binding.setProducer(properties);
		DirectChannel channel = new DirectChannel();
		channel.setBeanName("output");
		configurer("output", binding).configureOutputChannel(channel, "output");
		return channel;
	}

	DirectChannel input(ExtendedConsumerProperties<IkigaiConsumerProperties> properties) {
		DirectChannel channel = new DirectChannel();
		channel.setBeanName("input");
		configurer("input", consumer(properties)).configureInputChannel(channel, "input");
		return channel;
	}

	private static BindingProperties consumer(ExtendedConsumerProperties<IkigaiConsumerProperties> properties) {
		BindingProperties binding = new BindingProperties();
		binding.setConsumer(properties);
		return binding;
	}

	private MessageConverterConfigurer configurer(String channel, BindingProperties binding) {
		BindingServiceProperties service = new BindingServiceProperties();
		service.getBindings().put(channel, binding);
		service.setApplicationContext(this.context);
		service.setConversionService(new DefaultConversionService());
		try {
			service.afterPropertiesSet();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		MessageConverterConfigurer configurer = new MessageConverterConfigurer(service, converters());
		configurer.setBeanFactory(this.context.getBeanFactory());
		return configurer;
	}

	private static CompositeMessageConverter converters() {
		return new CompositeMessageConverterFactory(List.of(), null).getMessageConverterForAllRegistered();
	}

	void unbind() {
		this.bindings.forEach(Binding::unbind);
		this.bindings.clear();
	}

	@Override
	public void close() {
		unbind();
		this.context.close();
	}

}
