package io.ikigai.platform.testservers;

/**
 * How a server is stopped.
 */
public enum Shutdown {

	/**
	 * In good order: clients are disconnected, running transactions are rolled back, and
	 * everything is written.
	 */
	FAST,

	/**
	 * As in a crash: nothing more is written, and the next start recovers.
	 */
	IMMEDIATE,

	/**
	 * The main process is killed, as {@code kill -9} does; its children, if it has any,
	 * find that out by themselves.
	 */
	KILLED

}
