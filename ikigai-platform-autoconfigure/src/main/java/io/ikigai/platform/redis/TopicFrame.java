package io.ikigai.platform.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.pubsub.TopicMessage;

/**
 * What is published on the channel of a topic: the time by the server's clock in
 * milliseconds, which the server writes; then for each message its id, the length of its
 * JSON in UTF-16 units, and the JSON. The time, the id and the length are each followed
 * by a space.
 */
final class TopicFrame {

	private TopicFrame() {
	}

	static void write(StringBuilder frame, UUID id, String json) {
		frame.append(id).append(' ').append(json.length()).append(' ').append(json);
	}

	/**
	 * Reads a frame.
	 * @param topic the topic
	 * @param text the frame
	 * @return the messages in order
	 * @throws IllegalArgumentException if the text is no frame
	 */
	static List<Received> read(String topic, String text) {
		List<Received> messages = new ArrayList<>();
		try {
			int at = text.indexOf(' ');
			Instant time = Instant.ofEpochMilli(Long.parseLong(text, 0, at, 10));
			at++;
			while (at < text.length()) {
				int afterId = text.indexOf(' ', at);
				int afterLength = text.indexOf(' ', afterId + 1);
				int end = afterLength + 1 + Integer.parseInt(text, afterId + 1, afterLength, 10);
				messages.add(new Received(text.substring(at, afterId),
						new TopicMessage(topic, text.substring(afterLength + 1, end), time)));
				at = end;
			}
			return messages;
		}
		catch (IndexOutOfBoundsException ex) {
			throw new IllegalArgumentException("No messages of a topic", ex);
		}
	}

	/**
	 * A message that came.
	 *
	 * @param id its id
	 * @param message the message
	 */
	record Received(String id, TopicMessage message) {
	}

}
