package io.ikigai.platform.runtime;

import java.util.Map;

import io.ikigai.platform.telemetry.Telemetry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Emits as {@code error} that a listener cannot take its work: once, until it can again.
 * No {@code BiConsumer}: Spring Cloud Function would take the bean for one of the
 * application's functions.
 */
public final class ListenerTelemetry {

	private static final Log logger = LogFactory.getLog(ListenerTelemetry.class);

	private final Telemetry telemetry;

	/**
	 * Creates it.
	 * @param telemetry where to emit
	 */
	public ListenerTelemetry(Telemetry telemetry) {
		this.telemetry = telemetry;
	}

	/**
	 * Emits an error.
	 * @param listener the listener's id
	 * @param error why it cannot take its work
	 */
	public void accept(String listener, Throwable error) {
		try {
			this.telemetry.emit("error", OwnJson
				.tree(Map.of("listener", listener, "error", ErrorText.line(ErrorText.of(error.toString())))));
		}
		catch (RuntimeException ex) {
			// The listener must try again whatever happens here
			logger.warn("Could not tell that listener '" + listener + "' cannot take its work", ex);
		}
	}

}
