package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * The configuration does not let the platform start. Shown to people as what is wrong and
 * what to do.
 */
public class PlatformConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Creates the exception.
	 * @param description what is wrong, with the key and its value unless secret
	 * @param action the way out
	 * @param cause the cause, if there is one
	 */
	public PlatformConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	/**
	 * Returns the way out.
	 * @return what to do
	 */
	public String action() {
		return this.action;
	}

}
