package io.ikigai.platform.listener;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A handler ran longer than its listener's timeout and was interrupted.
 */
public class HandlerTimeoutException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	HandlerTimeoutException(Duration timeout, @Nullable Throwable cause) {
		super("The handler was interrupted: it ran longer than the listener's timeout of " + timeout, cause);
	}

}
