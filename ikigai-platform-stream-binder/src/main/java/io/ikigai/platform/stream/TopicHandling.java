package io.ikigai.platform.stream;

import io.ikigai.platform.pubsub.PublishedMessage;

/**
 * Handles what is published on a topic.
 *
 * @param taker takes it
 */
record TopicHandling(Taker taker) {

	void handle(PublishedMessage message) throws Exception {
		this.taker.take(message);
	}

	/**
	 * Takes what is published.
	 */
	interface Taker {

		void take(PublishedMessage message) throws Exception;

	}

}
