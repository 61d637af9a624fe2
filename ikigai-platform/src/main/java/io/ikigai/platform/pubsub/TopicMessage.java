package io.ikigai.platform.pubsub;

/**
 * A message as a store hands it to a subscriber.
 *
 * @param topic the topic that it was published on
 * @param json the message as JSON
 */
public record TopicMessage(String topic, String json) {
}
