package io.ikigai.platform.stream;

import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.Platform;
import io.ikigai.platform.listener.ListenerRegistrar;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.listener.TaskListenerContainerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.cloud.stream.binder.AbstractMessageChannelBinder;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.ExtendedPropertiesBinder;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.integration.core.MessageProducer;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;

/**
 * Binds channels to queues, topics and mailboxes of the platform. Safe for use by several
 * threads once it is set up.
 */
public final class IkigaiMessageChannelBinder extends
		AbstractMessageChannelBinder<ExtendedConsumerProperties<IkigaiConsumerProperties>, ExtendedProducerProperties<IkigaiProducerProperties>, StreamProvisioner>
		implements ExtendedPropertiesBinder<MessageChannel, IkigaiConsumerProperties, IkigaiProducerProperties> {

	private final IkigaiExtendedBindingProperties properties;

	private final Platform platform;

	private final MessageFormat format = new MessageFormat();

	private final Outlets outlets;

	private final Inlets inlets;

	private IkigaiMessageChannelBinder(Platform platform, StreamGroups groups, BeanFactory application,
			IkigaiExtendedBindingProperties properties) {
		super(new String[0], new StreamProvisioner(groups));
		this.properties = properties;
		this.platform = platform;
		this.outlets = new Outlets(platform, groups);
		this.inlets = new Inlets(application.getBean(ListenerRegistry.class),
				application.getBean(ListenerRegistrar.class),
				application.getBean(TaskListenerContainerFactory.DEFAULT_BEAN_NAME, TaskListenerContainerFactory.class)
					.settings()
					.lease(),
				new Inbound(this.format));
	}

	/**
	 * Creates a binder on the platform of an application.
	 * @param application the application's beans: its platform and its listeners
	 * @param properties the properties of bindings
	 * @return the binder
	 */
	public static IkigaiMessageChannelBinder of(BeanFactory application, IkigaiExtendedBindingProperties properties) {
		Platform platform = application.getBean(Platform.class);
		return new IkigaiMessageChannelBinder(platform, new StreamGroups(platform.storage()), application, properties);
	}

	@Override
	protected MessageHandler createProducerMessageHandler(ProducerDestination destination,
			ExtendedProducerProperties<IkigaiProducerProperties> producerProperties,
			@Nullable MessageChannel errorChannel) {
		Map<String, Boolean> required = new TreeMap<>();
		for (String group : producerProperties.getRequiredGroups()) {
			required.put(group, producerProperties.isPartitioned());
		}
		StreamMessageHandler handler = new StreamMessageHandler(
				this.outlets.open((StreamDestination) destination, required), this.format, producerProperties,
				errorChannel);
		handler.setBeanFactory(getBeanFactory());
		return handler;
	}

	@Override
	protected MessageProducer createConsumerEndpoint(ConsumerDestination destination, @Nullable String group,
			ExtendedConsumerProperties<IkigaiConsumerProperties> consumerProperties) {
		StreamDestination source = (StreamDestination) destination;
		ErrorInfrastructure errors = registerErrorInfrastructure(destination, group, consumerProperties);
		RetryTemplate retry = (consumerProperties.getMaxAttempts() > 1) ? buildRetryTemplate(consumerProperties) : null;
		DeadLetterQueue deadLetters = deadLetters(source, consumerProperties);
		StreamMessageProducer producer = new StreamMessageProducer((channel) -> this.inlets.open(source,
				consumerProperties, new Delivery(channel, retry, errors.getRecoverer()), deadLetters),
				this.inlets.registry());
		producer.setBeanFactory(getBeanFactory());
		producer.setBeanName("ikigai.inbound." + source.name());
		return producer;
	}

	@Override
	protected PolledConsumerResources createPolledConsumerResources(String name, @Nullable String group,
			ConsumerDestination destination, ExtendedConsumerProperties<IkigaiConsumerProperties> consumerProperties) {
		StreamDestination source = (StreamDestination) destination;
		return new PolledConsumerResources(
				new PolledSources(this.platform, this.inlets).open(source, deadLetters(source, consumerProperties)),
				registerErrorInfrastructure(destination, group, consumerProperties, true));
	}

	private @Nullable DeadLetterQueue deadLetters(StreamDestination destination,
			ExtendedConsumerProperties<IkigaiConsumerProperties> consumerProperties) {
		IkigaiConsumerProperties extension = consumerProperties.getExtension();
		if (!extension.isEnableDlq()) {
			return null;
		}
		String name = (extension.getDlqName() != null) ? extension.getDlqName()
				: constructDLQName(StreamNames.of(destination.name(), null, destination.group()));
		return new DeadLetterQueue(this.platform
			.queue(StreamNames.check(name, "The queue of dead letters of '%s'".formatted(destination.name()))));
	}

	@Override
	protected MessageHandler getPolledConsumerErrorMessageHandler(ConsumerDestination destination,
			@Nullable String group, ExtendedConsumerProperties<IkigaiConsumerProperties> consumerProperties) {
		return new PolledFailures();
	}

	@Override
	protected String errorsBaseName(ConsumerDestination destination, @Nullable String group,
			ExtendedConsumerProperties<IkigaiConsumerProperties> consumerProperties) {
		if (consumerProperties.getBindingName() != null) {
			return super.errorsBaseName(destination, group, consumerProperties);
		}
		// Bound by hand, or one of several partitions: each has a channel of its own
		return "%s.%s.errors".formatted(getBinderIdentity(),
				String.join(",", ((StreamDestination) destination).sources()));
	}

	@Override
	public String getBinderIdentity() {
		return "ikigai-" + super.getBinderIdentity();
	}

	@Override
	protected Map<String, Object> doGetAdditionalConfigurationProperties(String name) {
		return Map.of();
	}

	@Override
	public IkigaiConsumerProperties getExtendedConsumerProperties(String channelName) {
		return this.properties.getExtendedConsumerProperties(channelName);
	}

	@Override
	public IkigaiProducerProperties getExtendedProducerProperties(String channelName) {
		return this.properties.getExtendedProducerProperties(channelName);
	}

	@Override
	public String getDefaultsPrefix() {
		return this.properties.getDefaultsPrefix();
	}

	@Override
	public Class<? extends BinderSpecificPropertiesProvider> getExtendedPropertiesEntryClass() {
		return this.properties.getExtendedPropertiesEntryClass();
	}

}
