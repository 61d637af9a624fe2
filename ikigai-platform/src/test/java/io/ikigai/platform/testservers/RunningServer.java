package io.ikigai.platform.testservers;

/**
 * A server that belongs to this JVM, runs when it is handed out, and ends with the JVM at
 * the latest. The port stays the same while it is stopped and started.
 */
interface RunningServer extends AutoCloseable {

	/**
	 * Where the server is, version included, for the log.
	 */
	String description();

	String host();

	int port();

	String password();

	void stop(Shutdown shutdown);

	/**
	 * Start the stopped server and wait until clients may connect.
	 */
	void start();

	@Override
	void close();

}
