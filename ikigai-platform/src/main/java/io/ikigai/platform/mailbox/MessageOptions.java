package io.ikigai.platform.mailbox;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What travels with a message beside its payload. Immutable: each {@code with} method
 * returns a copy.
 */
public final class MessageOptions {

	/** The longest header name, header value or correlation id, in characters. */
	private static final int LONGEST = 4096;

	private static final MessageOptions NONE = new MessageOptions(Map.of(), null, null);

	private final Map<String, String> headers;

	private final @Nullable String replyTo;

	private final @Nullable String correlationId;

	private MessageOptions(Map<String, String> headers, @Nullable String replyTo, @Nullable String correlationId) {
		this.headers = headers;
		this.replyTo = replyTo;
		this.correlationId = correlationId;
	}

	/**
	 * Returns options with nothing set.
	 * @return the defaults
	 */
	public static MessageOptions of() {
		return NONE;
	}

	/**
	 * Adds a header.
	 * @param name the header's name
	 * @param value the header's value
	 * @return a copy
	 * @throws IllegalArgumentException if the name is empty or one of both is longer than
	 * 4,096 characters
	 */
	public MessageOptions withHeader(String name, String value) {
		if (name.isEmpty() || name.length() > LONGEST || value.length() > LONGEST) {
			throw new IllegalArgumentException("A header's name has 1 to 4096 characters and its value at most as many;"
					+ " these have " + name.length() + " and " + value.length());
		}
		Map<String, String> copy = new LinkedHashMap<>(this.headers);
		copy.put(name, value);
		return new MessageOptions(Map.copyOf(copy), this.replyTo, this.correlationId);
	}

	/**
	 * Sets the mailbox that replies go to.
	 * @param mailbox the mailbox's name
	 * @return a copy
	 */
	public MessageOptions withReplyTo(String mailbox) {
		return new MessageOptions(this.headers, mailbox, this.correlationId);
	}

	/**
	 * Sets what the message belongs to; a reply carries it back.
	 * @param correlationId a text of at most 4,096 characters
	 * @return a copy
	 * @throws IllegalArgumentException if it is longer
	 */
	public MessageOptions withCorrelationId(String correlationId) {
		if (correlationId.length() > LONGEST) {
			throw new IllegalArgumentException(
					"A correlation id has at most 4096 characters; this one has " + correlationId.length());
		}
		return new MessageOptions(this.headers, this.replyTo, correlationId);
	}

	/**
	 * Returns the headers.
	 * @return the headers, unmodifiable
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

	/**
	 * Returns the mailbox that replies go to.
	 * @return the mailbox's name, if one is set
	 */
	public @Nullable String replyTo() {
		return this.replyTo;
	}

	/**
	 * Returns what the message belongs to.
	 * @return the correlation id, if one is set
	 */
	public @Nullable String correlationId() {
		return this.correlationId;
	}

}
