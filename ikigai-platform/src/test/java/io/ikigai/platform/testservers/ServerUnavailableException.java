package io.ikigai.platform.testservers;

/**
 * A server for tests is not to be had. The message says why, and what to install.
 */
public class ServerUnavailableException extends IllegalStateException {

	ServerUnavailableException(String message) {
		super(message);
	}

	ServerUnavailableException(String message, Throwable cause) {
		super(message, cause);
	}

}
