package io.ikigai.platform.pubsub;

import java.time.Instant;

/**
 * A message as a store hands it to a subscriber.
 *
 * @param topic the topic that it was published on
 * @param json the message as JSON
 * @param createdAt when it was published, by the clock of the backend
 */
public record TopicMessage(String topic, String json, Instant createdAt) {
}
