package io.ikigai.platform.runtime;

import java.time.Instant;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.pubsub.PublishedMessage;
import io.ikigai.platform.pubsub.TopicMessage;

/**
 * A message as a listener gets it.
 *
 * @param message the message
 * @param reader what reads it
 */
record ReceivedPublication(TopicMessage message, PayloadJson reader) implements PublishedMessage {

	@Override
	public String topic() {
		return this.message.topic();
	}

	@Override
	public Instant createdAt() {
		return this.message.createdAt();
	}

	@Override
	public String json() {
		return this.message.json();
	}

	@Override
	public <T> T payload(TypeRef<T> type) {
		return this.reader.read("a message of topic '" + topic() + "'", json(), type);
	}

}
