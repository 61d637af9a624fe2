package io.ikigai.platform.nats;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown where NATS cannot be used as it is configured, or does not answer. Its message
 * holds no secrets, and neither does its cause's. To listeners it is what a database that
 * does not answer is: they settle what they have handled when it is back.
 */
public final class NatsUnusableException extends DataAccessResourceFailureException {

	private static final long serialVersionUID = 1L;

	NatsUnusableException(String message, @Nullable Throwable cause) {
		super(withoutSecrets(message), (cause != null) ? harmless(cause) : null);
	}

	/**
	 * Returns a text without what stands before the hosts of its URLs.
	 */
	static String withoutSecrets(String text) {
		return text.replaceAll("[^\\s,/]+@(?=[^\\s,@]+)", "");
	}

	// The driver's messages list the URLs that it tried.
	private static @Nullable Throwable harmless(Throwable cause) {
		for (Throwable each = cause; each != null; each = each.getCause()) {
			String message = each.getMessage();
			if (message != null && !message.equals(withoutSecrets(message))) {
				return null;
			}
		}
		return cause;
	}

}
