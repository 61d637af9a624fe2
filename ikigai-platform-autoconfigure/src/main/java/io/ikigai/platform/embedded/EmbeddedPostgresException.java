package io.ikigai.platform.embedded;

import org.jspecify.annotations.Nullable;

/**
 * The embedded PostgreSQL could not be unpacked, created, started or stopped. The message
 * is {@link #getDescription() what happened} followed by {@link #getAction() the way
 * out}. It never contains the password. The data is left as it was.
 */
public class EmbeddedPostgresException extends IllegalStateException {

	private final String description;

	private final String action;

	EmbeddedPostgresException(String description, String action, @Nullable Throwable cause) {
		super(description + System.lineSeparator() + action, cause);
		this.description = description;
		this.action = action;
	}

	EmbeddedPostgresException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * What happened, with the directory or port it is about.
	 * @return one or more lines
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * What a person can do about it.
	 * @return one or more lines
	 */
	public String getAction() {
		return this.action;
	}

}
