package io.ikigai.platform.stream;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.ConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.cloud.stream.provisioning.ProvisioningProvider;
import org.springframework.util.StringUtils;

/**
 * Checks destinations and records their groups. Queues, topics and mailboxes need no
 * declaration.
 */
final class StreamProvisioner implements
		ProvisioningProvider<ExtendedConsumerProperties<IkigaiConsumerProperties>, ExtendedProducerProperties<IkigaiProducerProperties>> {

	private final StreamGroups groups;

	StreamProvisioner(StreamGroups groups) {
		this.groups = groups;
	}

	@Override
	public ProducerDestination provisionProducerDestination(String name,
			ExtendedProducerProperties<IkigaiProducerProperties> properties) {
		DestinationType type = properties.getExtension().getDestinationType();
		String[] required = properties.getRequiredGroups();
		boolean partitioned = properties.isPartitioned();
		if (type == DestinationType.PUBLISH_SUBSCRIBE) {
			StreamNames.check(name, "Destination '%s'".formatted(name));
			for (String group : required) {
				checkGroup(name, group, partitioned ? properties.getPartitionCount() - 1 : null);
				this.groups.required(name, group, partitioned);
			}
		}
		else if (required.length > 0) {
			throw new ProvisioningException(("Destination '%s' has destination-type = %s, which has no groups: remove"
					+ " required-groups = %s, or use destination-type = publish-subscribe")
				.formatted(name, written(type), List.of(required)));
		}
		else {
			checkPartitioned(name, type, partitioned);
			StreamNames.check(StreamNames.of(name, partitioned ? properties.getPartitionCount() - 1 : null, null),
					"Destination '%s'".formatted(name));
		}
		return new StreamDestination(name, type, null, List.of());
	}

	@Override
	public ConsumerDestination provisionConsumerDestination(String name, @Nullable String group,
			ExtendedConsumerProperties<IkigaiConsumerProperties> properties) {
		DestinationType type = properties.getExtension().getDestinationType();
		String named = named(name, group, type);
		boolean partitioned = properties.isPartitioned();
		checkPartitioned(name, type, partitioned);
		StreamDestination destination = new StreamDestination(name, type, named,
				destinations(name, properties).map((each) -> source(each, named, partition(properties))).toList());
		check(destination, properties.getExtension(), properties);
		if (named != null) {
			destinations(name, properties).forEach((each) -> this.groups.consumes(each, named, partitioned));
		}
		return destination;
	}

	/**
	 * Returns the group that gets messages of its own. On queues and mailboxes a group is
	 * only a name: whoever consumes competes. Spring Cloud Stream wants one there for
	 * partitions and for bindings that can be started again.
	 */
	private static @Nullable String named(String destination, @Nullable String group, DestinationType type) {
		if (!StringUtils.hasText(group)) {
			return null;
		}
		if (type == DestinationType.TOPIC) {
			throw new ProvisioningException(
					("Destination '%s' has destination-type = topic, which has no groups: remove"
							+ " group = %s, or use destination-type = publish-subscribe")
						.formatted(destination, group));
		}
		return (type == DestinationType.PUBLISH_SUBSCRIBE) ? group : null;
	}

	private static void check(StreamDestination destination, IkigaiConsumerProperties extension,
			ConsumerProperties properties) {
		if (extension.isEnableDlq() && destination.transientlyConsumed()) {
			throw new ProvisioningException(
					("Destination '%s' has enable-dlq = true, but its consumer has no group: what it gets is kept for"
							+ " nobody. Give it a group")
						.formatted(destination.name()));
		}
		if (extension.isTransactional()
				&& (destination.type() == DestinationType.MAILBOX || destination.transientlyConsumed())) {
			throw new ProvisioningException(
					"Destination '%s' has transactional = true, which only what comes from a queue can be: use a group, or destination-type = queue"
						.formatted(destination.name()));
		}
		if (properties.isBatchMode()
				&& (destination.type() == DestinationType.MAILBOX || destination.transientlyConsumed())) {
			throw new ProvisioningException(
					"Destination '%s' has batch-mode = true, which only what comes from a queue can have: use a group, or destination-type = queue"
						.formatted(destination.name()));
		}
	}

	private static Stream<String> destinations(String name, ConsumerProperties properties) {
		return properties.isMultiplex() ? Stream.of(StringUtils.tokenizeToStringArray(name, ",")) : Stream.of(name);
	}

	private static String source(String destination, @Nullable String group, @Nullable Integer partition) {
		return (group != null) ? checkGroup(destination, group, partition) : StreamNames
			.check(StreamNames.of(destination, partition, null), "Destination '%s'".formatted(destination));
	}

	private static String checkGroup(String destination, String group, @Nullable Integer partition) {
		StreamNames.check(destination, "Destination '%s'".formatted(destination));
		return StreamNames.check(StreamNames.of(destination, partition, group),
				"Group '%s' of destination '%s'".formatted(group, destination));
	}

	private static @Nullable Integer partition(ConsumerProperties properties) {
		return properties.isPartitioned() ? Math.max(0, properties.getInstanceIndex()) : null;
	}

	private static void checkPartitioned(String name, DestinationType type, boolean partitioned) {
		if (partitioned && type == DestinationType.TOPIC) {
			throw new ProvisioningException(
					"Destination '%s' has destination-type = topic, whose messages go to every consumer: it cannot be partitioned"
						.formatted(name));
		}
	}

	private static String written(DestinationType type) {
		return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
