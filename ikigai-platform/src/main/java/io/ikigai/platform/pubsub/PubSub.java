package io.ikigai.platform.pubsub;

import java.util.function.Consumer;

import io.ikigai.platform.TypeRef;

/**
 * Publish and subscribe. A message goes to every subscriber of its topic, in every
 * process, in the order of its publisher. Inside a transaction it is seen after the
 * commit or never. Safe for use by several threads.
 */
public interface PubSub {

	/**
	 * Publishes a message.
	 * @param topic the topic's name
	 * @param message the message, anything that Jackson writes as JSON
	 * @throws io.ikigai.platform.PayloadException if the message cannot be taken
	 */
	void publish(String topic, Object message);

	/**
	 * Subscribes to a topic. The handler gets what is published from now on, one message
	 * at a time; what it throws is logged, counted, and ends nothing.
	 * @param topic the topic's name
	 * @param type what to read messages as
	 * @param handler gets the messages
	 * @param <T> what to read messages as
	 * @return what ends the subscription
	 */
	<T> Subscription subscribe(String topic, Class<T> type, Consumer<T> handler);

	/**
	 * Subscribes to a topic.
	 * @param topic the topic's name
	 * @param type what to read messages as
	 * @param handler gets the messages
	 * @param <T> what to read messages as
	 * @return what ends the subscription
	 */
	<T> Subscription subscribe(String topic, TypeRef<T> type, Consumer<T> handler);

}
