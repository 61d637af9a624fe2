package io.ikigai.platform.testservers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jspecify.annotations.Nullable;

/**
 * A process that keeps the shared servers of one build: it starts them while the build
 * still compiles, and lends each to one test JVM at a time, so that the JVMs of all
 * modules use the same few servers and do not disturb each other. A JVM has a server for
 * as long as its connection to this process is open, that is until the JVM ends, in
 * whatever way. The process ends with the build, and the servers end with it.
 * <p>
 * A test JVM that is not part of a build (the system property {@value #PROPERTY} is
 * missing, or its file is) starts servers of its own.
 */
public final class BuildServers {

	/**
	 * System property of test JVMs: the file in which this process says where it listens.
	 */
	static final String PROPERTY = "ikigai.test.servers";

	private static final Logger logger = System.getLogger(BuildServers.class.getName());

	/**
	 * What most test JVMs ask for: started before they do.
	 */
	private static final List<ServerKind> AT_START = List.of(ServerKind.POSTGRES, ServerKind.REDIS, ServerKind.POSTGRES,
			ServerKind.RABBITMQ, ServerKind.NATS, ServerKind.TIMESCALEDB, ServerKind.INFLUXDB, ServerKind.CHROMIUM);

	private final Map<ServerKind, Deque<RunningServer>> idle = new EnumMap<>(ServerKind.class);

	private final Map<ServerKind, Integer> starting = new EnumMap<>(ServerKind.class);

	private final String token = UUID.randomUUID().toString();

	/**
	 * Starts the servers and lends them until the process that started this one ends.
	 * @param arguments the file in which to write where this process listens
	 * @throws IOException when the file cannot be written or no port is free
	 */
	public static void main(String... arguments) throws IOException {
		ProcessHandle.current().parent().ifPresent((build) -> build.onExit().thenRun(() -> System.exit(0)));
		new BuildServers().serve(Path.of(arguments[0]));
	}

	private void serve(Path file) throws IOException {
		ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		ExecutorService threads = Executors.newCachedThreadPool();
		AT_START.forEach((kind) -> this.starting.merge(kind, 1, Integer::sum));
		threads.execute(() -> AT_START.forEach(this::startAhead));
		Path written = Files.createTempFile(file.getParent(), "servers", null,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.writeString(written, socket.getLocalPort() + " " + this.token);
		Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		while (true) {
			Socket client = socket.accept();
			threads.execute(() -> serve(client));
		}
	}

	private void startAhead(ServerKind kind) {
		RunningServer server = null;
		try {
			server = kind.provision().start();
		}
		catch (RuntimeException ex) {
			// The test that asks for it tries once more and tells the reason
			System.out.println("No " + kind + " ahead: " + ex.getMessage());
		}
		synchronized (this) {
			this.starting.merge(kind, -1, Integer::sum);
			if (server != null) {
				giveBack(kind, server);
			}
			notifyAll();
		}
	}

	private void serve(Socket client) {
		try (client) {
			BufferedReader from = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			String[] request = from.readLine().split(" ");
			if (!this.token.equals(request[0])) {
				return;
			}
			ServerKind kind = ServerKind.valueOf(request[1]);
			RunningServer server;
			try {
				server = lend(kind);
			}
			catch (ServerUnavailableException ex) {
				answer(client, "unavailable " + ex.getMessage());
				return;
			}
			try {
				answer(client, "ready %s %d %s %s".formatted(server.host(), server.port(), server.password(),
						server.description()));
				// The end of the stream is the end of the JVM that has the server
				while (from.readLine() != null) {
					continue;
				}
			}
			finally {
				giveBack(kind, server);
			}
		}
		catch (IOException ex) {
			System.out.println("A connection of a test JVM broke: " + ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void answer(Socket client, String text) throws IOException {
		client.getOutputStream().write((text + "\n\n").getBytes(StandardCharsets.UTF_8));
		client.getOutputStream().flush();
	}

	private RunningServer lend(ServerKind kind) throws InterruptedException {
		synchronized (this) {
			while (true) {
				RunningServer server = idle(kind).poll();
				if (server != null) {
					return server;
				}
				if (this.starting.getOrDefault(kind, 0) == 0) {
					break;
				}
				wait();
			}
		}
		return kind.provision().start();
	}

	private synchronized void giveBack(ServerKind kind, RunningServer server) {
		idle(kind).add(server);
		notifyAll();
	}

	private Deque<RunningServer> idle(ServerKind kind) {
		return this.idle.computeIfAbsent(kind, (key) -> new ArrayDeque<>());
	}

	/**
	 * Borrows a server of the build for the rest of this JVM's life.
	 * @param kind what server
	 * @return the server, or {@code null} when this JVM is not part of a build that has
	 * servers
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	static @Nullable RunningServer borrow(ServerKind kind) {
		String file = System.getProperty(PROPERTY);
		if (file == null || !Files.exists(Path.of(file))) {
			return null;
		}
		try {
			String[] where = Files.readString(Path.of(file)).split(" ");
			Socket socket = new Socket();
			try {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(where[0])));
			}
			catch (IOException endedBuild) {
				socket.close();
				return null;
			}
			socket.getOutputStream().write((where[1] + " " + kind + "\n").getBytes(StandardCharsets.UTF_8));
			BufferedReader from = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			String answer = from.readLine();
			if (answer != null && answer.startsWith("ready ")) {
				BorrowedServer server = new BorrowedServer(socket, answer.split(" ", 5));
				logger.log(Level.INFO, "{0} for tests: lent by this build: {1}", kind, server.description());
				return server;
			}
			StringBuilder reason = new StringBuilder();
			for (String line = answer; line != null && !line.isEmpty(); line = from.readLine()) {
				reason.append(line).append('\n');
			}
			socket.close();
			throw new ServerUnavailableException("The build has no " + kind + " for tests: " + reason);
		}
		catch (IOException ex) {
			throw new ServerUnavailableException("The process with the servers of this build has ended: " + ex, ex);
		}
	}

}
