package io.ikigai.platform.pubsub;

import java.util.function.Consumer;

/**
 * Topics as a listener sees them: several at once, in one order. Safe for use by several
 * threads.
 */
@FunctionalInterface
public interface ListenedTopics {

	/**
	 * Subscribes to the topics. The handler gets what is published on them from now on,
	 * one message at a time; what it throws is logged, counted, and ends nothing.
	 * @param handler gets the messages
	 * @return the subscription
	 */
	ListenedSubscription subscribe(Consumer<PublishedMessage> handler);

}
