package io.ikigai.platform;

import org.jspecify.annotations.Nullable;

/**
 * A payload that cannot be taken or read: it is no JSON, does not fit the type asked for,
 * holds characters that no backend stores, or is over the configured size. Nothing has
 * been written when it is thrown.
 */
public class PayloadException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong and what the way out is
	 * @param cause the cause, if there is one
	 */
	public PayloadException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
