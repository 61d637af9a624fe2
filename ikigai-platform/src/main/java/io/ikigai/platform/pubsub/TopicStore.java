package io.ikigai.platform.pubsub;

import java.util.Set;
import java.util.UUID;

/**
 * What a backend does for publish and subscribe. Safe for use by several threads.
 */
public interface TopicStore {

	/**
	 * Publishes a message. Joins the running transaction: it is seen after the commit or
	 * never.
	 * @param topic the topic's name
	 * @param id the message's id: where a message may be published again because nobody
	 * knows whether it arrived, subscribers get it once
	 * @param json the message as JSON
	 */
	void publish(String topic, UUID id, String json);

	/**
	 * Begins to hand messages to a subscriber: all that are published after this call has
	 * returned, each once, in the order of their publisher, also across topics.
	 * @param topics the topics' names
	 * @param subscriber who gets the messages; may be called before this call has
	 * returned
	 * @return what ends it, without waiting for a call of the subscriber that is under
	 * way
	 */
	Subscription subscribe(Set<String> topics, TopicSubscriber subscriber);

}
