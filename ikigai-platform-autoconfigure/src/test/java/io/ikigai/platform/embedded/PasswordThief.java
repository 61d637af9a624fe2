package io.ikigai.platform.embedded;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Listens on a port as PostgreSQL does, and asks each client for its password in clear.
 */
final class PasswordThief implements AutoCloseable {

	private static final int SSL_REQUEST = 80877103;

	private static final int GSS_REQUEST = 80877104;

	private final ServerSocket socket;

	private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

	private final Thread thread = new Thread(this::serve, "password-thief");

	PasswordThief(int port) throws IOException {
		this.socket = new ServerSocket(port, 5, InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }));
		this.thread.start();
	}

	private void serve() {
		while (!this.socket.isClosed()) {
			try (Socket client = this.socket.accept()) {
				ask(new DataInputStream(client.getInputStream()), new DataOutputStream(client.getOutputStream()));
			}
			catch (IOException ex) {
				// The client, or the test, has closed it
				Thread.yield();
			}
		}
	}

	private void ask(DataInputStream input, DataOutputStream output) throws IOException {
		int length = input.readInt();
		int code = input.readInt();
		while (code == SSL_REQUEST || code == GSS_REQUEST) {
			output.writeByte('N');
			length = input.readInt();
			code = input.readInt();
		}
		hear(input.readNBytes(length - 8));
		// AuthenticationCleartextPassword
		output.writeByte('R');
		output.writeInt(8);
		output.writeInt(3);
		output.flush();
		hear(input.readAllBytes());
	}

	private synchronized void hear(byte[] bytes) {
		this.heard.writeBytes(bytes);
	}

	/** All that clients have said. */
	synchronized String heard() {
		return this.heard.toString(StandardCharsets.ISO_8859_1);
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.socket.close();
		this.thread.join();
	}

}
