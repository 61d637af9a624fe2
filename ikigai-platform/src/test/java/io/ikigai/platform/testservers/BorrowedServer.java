package io.ikigai.platform.testservers;

import java.net.Socket;

/**
 * A server of {@link BuildServers} that this JVM has until it ends. Nobody stops it:
 * other JVMs use it after this one.
 *
 * @param connection to the process that lends it; open for as long as the server is
 * borrowed
 * @param host its host
 * @param port its port
 * @param password the password of the user who may do everything
 * @param description where it is, version included
 */
record BorrowedServer(Socket connection, String host, int port, String password,
		String description) implements RunningServer {

	/**
	 * Creates it of the lender's answer.
	 * @param connection to the process that lends it
	 * @param answer "ready", host, port, password, description
	 */
	BorrowedServer(Socket connection, String[] answer) {
		this(connection, answer[1], Integer.parseInt(answer[2]), answer[3], answer[4]);
	}

	@Override
	public void stop(Shutdown shutdown) {
		throw new IllegalStateException("A server of the whole build is not stopped");
	}

	@Override
	public void start() {
		throw new IllegalStateException("A server of the whole build always runs");
	}

	@Override
	public void close() {
		throw new IllegalStateException("A server of the whole build ends with it");
	}

}
