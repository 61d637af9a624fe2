package io.ikigai.platform.listener;

import java.util.Set;
import java.util.function.Supplier;

/**
 * A listener of topics at work.
 */
public final class TopicListenerContainer extends ListenerContainer {

	private final Set<String> topics;

	TopicListenerContainer(ListenerEndpoint endpoint, Set<String> topics, ContainerSettings settings,
			Supplier<Activity> activity) {
		super(endpoint, settings, activity);
		this.topics = topics;
	}

	/**
	 * Returns the topics that it listens to.
	 * @return their names, in the order of their declaration
	 */
	public Set<String> topics() {
		return this.topics;
	}

}
