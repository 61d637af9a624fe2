package io.ikigai.benchmarks.service;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server of another kind, started for the run where its program is on the PATH.
 */
public final class PeerServer implements AutoCloseable {

	private static final long PATIENCE_NANOS = 10_000_000_000L;

	private final Process process;

	private final int port;

	private PeerServer(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Looks for a program.
	 * @param program its name
	 * @return whether it is on the PATH
	 */
	public static boolean present(String program) {
		return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, program)));
	}

	/**
	 * Starts Redis without persistence, on a port of the machine itself.
	 * @return the server
	 * @throws IOException if it does not start
	 */
	public static PeerServer redis() throws IOException {
		return start("redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port");
	}

	/**
	 * Starts NATS, on a port of the machine itself.
	 * @return the server
	 * @throws IOException if it does not start
	 */
	public static PeerServer nats() throws IOException {
		return start("nats-server", "-a", "127.0.0.1", "-p");
	}

	private static PeerServer start(String... command) throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		List<String> whole = new ArrayList<>(List.of(command));
		whole.add(Integer.toString(port));
		PeerServer server = new PeerServer(new ProcessBuilder(whole).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start(), port);
		long begun = System.nanoTime();
		while (true) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
				return server;
			}
			catch (IOException ex) {
				if (!server.process.isAlive() || System.nanoTime() - begun > PATIENCE_NANOS) {
					server.close();
					throw new IOException(command[0] + " does not answer on port " + port, ex);
				}
			}
			try {
				server.process.waitFor(20, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
