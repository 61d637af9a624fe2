package io.ikigai.platform.stream;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;

/**
 * A destination that was checked and made ready for a binding.
 *
 * @param name the destination's name
 * @param type what it is
 * @param group the consumer's group, if it has one
 * @param sources the queues, the topics or the mailboxes that a consumer takes from
 */
record StreamDestination(String name, DestinationType type, @Nullable String group,
		List<String> sources) implements ConsumerDestination, ProducerDestination {

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getNameForPartition(int partition) {
		return StreamNames.of(this.name, partition, null);
	}

	/**
	 * Tells whether a consumer gets only what is published while it is there.
	 * @return whether it does
	 */
	boolean transientlyConsumed() {
		return this.type == DestinationType.TOPIC
				|| (this.type == DestinationType.PUBLISH_SUBSCRIBE && this.group == null);
	}

}
