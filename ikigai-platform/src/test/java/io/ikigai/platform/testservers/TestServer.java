package io.ikigai.platform.testservers;

/**
 * What the servers for tests have in common: a server that all tests of this JVM share is
 * not stopped by one of them.
 */
public abstract class TestServer implements AutoCloseable {

	private final RunningServer running;

	private final boolean dedicated;

	private final String name;

	/**
	 * Create it of a server that runs.
	 * @param running the server
	 * @param dedicated whether it is of the caller's own
	 * @param name what it is called
	 */
	TestServer(RunningServer running, boolean dedicated, String name) {
		this.running = running;
		this.dedicated = dedicated;
		this.name = name;
	}

	final RunningServer running() {
		return this.running;
	}

	/**
	 * Host and port, which stay the same over restarts.
	 */
	final String address() {
		return this.running.host() + ":" + this.running.port();
	}

	/**
	 * The password of the user who may do everything.
	 * @return the password
	 */
	public final String password() {
		return this.running.password();
	}

	/**
	 * Stop the running server, and wait until it has ended.
	 * @param shutdown how to stop it
	 * @throws IllegalStateException when it is the shared server
	 */
	public final void stop(Shutdown shutdown) {
		refuseIfShared();
		this.running.stop(shutdown);
	}

	/**
	 * Start the stopped server, and wait until clients may connect.
	 * @throws IllegalStateException when it is the shared server
	 */
	public final void start() {
		refuseIfShared();
		this.running.start();
	}

	/**
	 * Take the processor from all processes of the server. Its connections stay open, the
	 * kernel accepts new ones, and nothing answers.
	 * @throws IllegalStateException when it is the shared server
	 */
	public final void freeze() {
		refuseIfShared();
		this.running.freeze();
	}

	/**
	 * Let the frozen server go on.
	 * @throws IllegalStateException when it is the shared server
	 */
	public final void thaw() {
		refuseIfShared();
		this.running.thaw();
	}

	/**
	 * Fill the disk of a server of {@code onSmallDisk()}: it takes no writes any more.
	 * @throws IllegalStateException when it has no small disk
	 */
	public final void fillDisk() {
		this.running.fillDisk();
	}

	/**
	 * Free the disk again, and start the server if it has ended because of it.
	 * @throws IllegalStateException when it has no small disk
	 */
	public final void clearDisk() {
		this.running.clearDisk();
	}

	/**
	 * End the server and remove its data.
	 * @throws IllegalStateException when it is the shared server
	 */
	@Override
	public final void close() {
		refuseIfShared();
		this.running.close();
	}

	private void refuseIfShared() {
		if (!this.dedicated) {
			throw new IllegalStateException("Other tests use the shared " + this.name + ": take one of "
					+ getClass().getSimpleName() + ".dedicated() to stop it");
		}
	}

}
