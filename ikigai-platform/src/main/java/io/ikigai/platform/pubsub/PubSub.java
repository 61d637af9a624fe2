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
	 * @throws IllegalArgumentException if the topic's name is none, or the message is
	 * null
	 * @throws io.ikigai.platform.PayloadException if the message cannot be taken
	 */
	void publish(String topic, Object message);

	/**
	 * Subscribes to a topic. The handler gets everything that is published, or committed,
	 * after this has returned, each message once, one at a time, on a thread of the
	 * subscription. What it throws, or a message that does not fit the type, is logged,
	 * counted, and ends nothing. Messages that it has no time for are kept for it for as
	 * long as {@code ikigai.pubsub.retention} says.
	 * @param topic the topic's name
	 * @param type what to read messages as
	 * @param handler gets the messages
	 * @param <T> what to read messages as
	 * @return what ends the subscription
	 * @throws IllegalArgumentException if the topic's name is none
	 */
	<T> Subscription subscribe(String topic, Class<T> type, Consumer<T> handler);

	/**
	 * Subscribes to a topic, with messages of a generic type.
	 * @param topic the topic's name
	 * @param type what to read messages as
	 * @param handler gets the messages
	 * @param <T> what to read messages as
	 * @return what ends the subscription
	 * @throws IllegalArgumentException if the topic's name is none
	 */
	<T> Subscription subscribe(String topic, TypeRef<T> type, Consumer<T> handler);

}
