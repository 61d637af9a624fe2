package io.ikigai.platform.listener;

import io.ikigai.platform.pubsub.PublishedMessage;

/**
 * A listener of a topic that a program adds at run time, where {@code @TopicListener}
 * would say it at build time.
 *
 * @param id unique in the application
 * @param topic the topic's name
 * @param handler what is called
 */
public record AddedTopicListener(String id, String topic, Handler handler) {

	/**
	 * Handles what is published, one message at a time.
	 */
	@FunctionalInterface
	public interface Handler {

		/**
		 * Handles a message.
		 * @param message the message
		 * @throws Exception any exception is logged and counted, and ends nothing
		 */
		void handle(PublishedMessage message) throws Exception;

	}

}
