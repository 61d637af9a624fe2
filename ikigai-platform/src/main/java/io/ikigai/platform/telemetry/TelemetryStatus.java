package io.ikigai.platform.telemetry;

/**
 * What became of the events that this process emitted, since its start. The bean
 * {@code ikigaiTelemetry} implements it. Safe for use by several threads.
 */
public interface TelemetryStatus {

	/**
	 * Returns how many events wait to be handed to the backend.
	 * @return the number of events
	 */
	long buffered();

	/**
	 * Returns how many events the backend has taken.
	 * @return the number of events
	 */
	long written();

	/**
	 * Returns how many events were dropped: the buffer was full, the backend refused
	 * them, or the process stopped before the backend came back.
	 * @return the number of events
	 */
	long dropped();

}
