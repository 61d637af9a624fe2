package io.ikigai.platform.pubsub;

import java.time.Instant;

import io.ikigai.platform.TypeRef;

/**
 * A message as a listener gets it. Safe for use by several threads.
 */
public interface PublishedMessage {

	/**
	 * Returns the topic that it was published on.
	 * @return the topic's name
	 */
	String topic();

	/**
	 * Returns when it was published.
	 * @return the time by the clock of the backend
	 */
	Instant createdAt();

	/**
	 * Returns the message as JSON.
	 * @return the JSON
	 */
	String json();

	/**
	 * Reads the message.
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the message
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> T payload(TypeRef<T> type);

}
