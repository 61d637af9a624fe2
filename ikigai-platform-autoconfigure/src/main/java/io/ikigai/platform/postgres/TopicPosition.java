package io.ikigai.platform.postgres;

import java.util.HashSet;
import java.util.Set;

/**
 * Up to which snapshot those who keep up have all messages of their topics. Compared by
 * identity: who looked whether there are more may advance only the very one it looked
 * from.
 */
final class TopicPosition {

	private final String snapshot;

	private final Set<String> topics;

	TopicPosition(String snapshot, Set<String> topics) {
		this.snapshot = snapshot;
		this.topics = Set.copyOf(topics);
	}

	String snapshot() {
		return this.snapshot;
	}

	Set<String> topics() {
		return this.topics;
	}

	TopicPosition at(String later) {
		return new TopicPosition(later, this.topics);
	}

	TopicPosition with(Set<String> more) {
		Set<String> all = new HashSet<>(this.topics);
		all.addAll(more);
		return new TopicPosition(this.snapshot, all);
	}

}
