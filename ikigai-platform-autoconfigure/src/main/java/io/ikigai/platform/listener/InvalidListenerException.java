package io.ikigai.platform.listener;

import org.jspecify.annotations.Nullable;

/**
 * A listener cannot be set up as it is declared. The message names the method, what is
 * wrong and what is allowed; the application does not start.
 */
public class InvalidListenerException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong, where, and what is allowed
	 * @param cause the cause, if there is one
	 */
	public InvalidListenerException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
