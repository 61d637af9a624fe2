package io.ikigai.platform.mailbox;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What travels with a message beside its payload. Immutable: each {@code with} method
 * returns a copy.
 */
public final class MessageOptions {

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
	 * @throws IllegalArgumentException if the name is empty
	 */
	public MessageOptions withHeader(String name, String value) {
		if (name.isEmpty()) {
			throw new IllegalArgumentException("A header needs a name; its value is '" + value + "'");
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
	 * @param correlationId any text
	 * @return a copy
	 */
	public MessageOptions withCorrelationId(String correlationId) {
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
