package io.ikigai.platform.postgres;

import org.jspecify.annotations.Nullable;

/**
 * Telemetry cannot be kept on TimescaleDB. The message tells why, without secrets.
 */
public final class TimescaledbUnusableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	TimescaledbUnusableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
