package io.ikigai.platform.observation;

import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;

/**
 * Something is sent. The carrier is its headers.
 */
public final class SendContext extends SenderContext<Map<String, String>> {

	private static final String REPLIES = "ikigai-reply";

	private static final int LONGEST = 4096;

	private final String kind;

	private final String destination;

	private final String tag;

	SendContext(String kind, String destination, Map<String, String> headers, TagNames tags) {
		super((carrier, name, value) -> {
			// Baggage may be longer than a header; nothing may fail because of it
			if (carrier != null && value.length() <= LONGEST) {
				carrier.put(name, value);
			}
		}, Kind.PRODUCER);
		this.kind = kind;
		// Each process has one of its own for them
		this.destination = destination.startsWith(REPLIES) ? REPLIES : destination;
		this.tag = tags.of(this.destination);
		setCarrier(headers);
	}

	/**
	 * Returns where it goes.
	 * @return {@code queue}, {@code mailbox} or {@code topic}
	 */
	public String kind() {
		return this.kind;
	}

	/**
	 * Returns the name of the queue, the mailbox or the topic.
	 * @return the name
	 */
	public String destination() {
		return this.destination;
	}

	/**
	 * Returns the destination as a key of low cardinality.
	 * @return its name, or {@link TagNames#OTHER} if too many others came before
	 */
	public String tag() {
		return this.tag;
	}

}
