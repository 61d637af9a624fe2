package io.ikigai.platform.testservers;

/**
 * A server that runs when it is handed out and ends with this JVM, or with the build, at
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

	/**
	 * Take the processor from all processes of the server; its connections stay open.
	 * @throws IllegalStateException when it is not this JVM's own
	 */
	default void freeze() {
		throw new IllegalStateException(description() + " cannot be frozen");
	}

	/**
	 * Let the frozen server go on.
	 * @throws IllegalStateException when it is not this JVM's own
	 */
	default void thaw() {
		throw new IllegalStateException(description() + " cannot be frozen");
	}

	/**
	 * Fill the server's small disk.
	 * @throws IllegalStateException when it has none
	 */
	default void fillDisk() {
		throw new IllegalStateException(description() + " has no small disk of its own");
	}

	/**
	 * Free the server's small disk, and start the server if it has ended because of it.
	 * @throws IllegalStateException when it has none
	 */
	default void clearDisk() {
		throw new IllegalStateException(description() + " has no small disk of its own");
	}

	@Override
	void close();

}
