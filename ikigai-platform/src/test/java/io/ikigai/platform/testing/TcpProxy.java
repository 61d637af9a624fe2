package io.ikigai.platform.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * A network between a client and its server on the loopback interface that delays, stalls
 * and cuts connections, and loses them without a word. Knows nothing of what is carried:
 * it stands before PostgreSQL, Redis, RabbitMQ and NATS alike. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

	private final InetSocketAddress server;

	private final int port;

	private final List<Connection> connections = new CopyOnWriteArrayList<>();

	private final Map<Direction, Duration> delays = new ConcurrentHashMap<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile @Nullable Entrance entrance;

	private volatile boolean blackHole;

	private TcpProxy(String host, int port) throws IOException {
		this.server = new InetSocketAddress(host, port);
		ServerSocket first = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		this.port = first.getLocalPort();
		listen(first);
	}

	/**
	 * Opens an entrance to a server.
	 * @param url a URL with host and port, also one that begins with {@code jdbc:}
	 */
	public static TcpProxy to(String url) throws IOException {
		URI server = URI.create(url.replaceFirst("^jdbc:", ""));
		return new TcpProxy(server.getHost(), server.getPort());
	}

	/**
	 * Returns a URL of the server with the entrance, which stays the same, in its place.
	 * @param url a URL of the server, as {@link #to} takes it
	 */
	public String through(String url) {
		return url.replace(this.server.getHostString() + ":" + this.server.getPort(), "127.0.0.1:" + this.port);
	}

	/**
	 * Returns how many connections are open now, those that are silent included.
	 */
	public int openConnections() {
		return this.connections.size();
	}

	/**
	 * Loses all established connections, for good, as a router that has forgotten them:
	 * nothing passes in either direction, and neither end sees the other close. New
	 * connections work.
	 */
	public void silence() {
		silence(Direction.TO_SERVER);
		silence(Direction.TO_CLIENT);
	}

	/**
	 * Loses one direction of all established connections, for good. With
	 * {@code TO_CLIENT} the server acts on what it gets, and its answers are lost.
	 * @param direction the direction in which nothing passes
	 */
	public void silence(Direction direction) {
		this.connections.forEach((connection) -> connection.set(direction, Traffic.SILENT));
	}

	/**
	 * Loses all established connections, and takes new ones without ever carrying
	 * anything, until {@link #restore()}.
	 */
	public void blackHole() {
		this.blackHole = true;
		silence();
	}

	/**
	 * Holds back what is sent in one direction of all established connections, until
	 * {@link #restore()} lets it pass.
	 * @param direction the direction that is held back
	 */
	public void stall(Direction direction) {
		this.connections.forEach((connection) -> connection.set(direction, Traffic.STALLED));
	}

	/**
	 * Delays each piece that is sent in one direction, also on new connections.
	 * @param direction the direction
	 * @param delay how long a piece is held back; later ones queue behind it
	 */
	public void delay(Direction direction, Duration delay) {
		this.delays.put(direction, delay);
	}

	/**
	 * Closes all established connections; both ends see a reset.
	 */
	public void cut() {
		this.connections.forEach(Connection::reset);
	}

	/**
	 * Closes all established connections and refuses new ones, until {@link #restore()}.
	 */
	public void refuse() throws IOException {
		Entrance open = this.entrance;
		this.entrance = null;
		if (open != null) {
			open.socket.close();
			// Until then the operating system takes connections
			Waits.end(open.thread);
		}
		cut();
	}

	/**
	 * Mends the network: new connections work, nothing is delayed, and what was stalled
	 * passes. Lost connections stay lost.
	 */
	public void restore() throws IOException {
		this.blackHole = false;
		this.delays.clear();
		this.connections.forEach(Connection::resume);
		if (this.entrance == null) {
			ServerSocket again = new ServerSocket();
			again.setReuseAddress(true);
			again.bind(new InetSocketAddress("127.0.0.1", this.port), 50);
			listen(again);
		}
	}

	private void listen(ServerSocket socket) {
		this.entrance = new Entrance(socket, start(() -> accept(socket)));
	}

	private void accept(ServerSocket socket) throws IOException {
		while (true) {
			Socket client = socket.accept();
			if (this.blackHole) {
				this.connections.add(new Connection(client, null));
			}
			else {
				start(() -> connect(client));
			}
		}
	}

	private void connect(Socket client) throws IOException {
		Socket inner = new Socket();
		try {
			inner.connect(this.server);
		}
		catch (IOException ex) {
			// The server is down: the client sees what it would see without this proxy.
			reset(client);
			return;
		}
		client.setTcpNoDelay(true);
		inner.setTcpNoDelay(true);
		Connection connection = new Connection(client, inner);
		this.connections.add(connection);
		start(() -> connection.carry(client, inner, Direction.TO_SERVER));
		start(() -> connection.carry(inner, client, Direction.TO_CLIENT));
	}

	private static Thread start(Transport transport) {
		Thread thread = new Thread(() -> {
			try {
				transport.run();
			}
			catch (IOException ex) {
				// One end has closed.
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "network");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
			socket.close();
		}
		catch (IOException ex) {
			// It is closed already.
		}
	}

	/**
	 * Closes the entrance and all connections.
	 */
	@Override
	public void close() throws IOException {
		this.closed.countDown();
		refuse();
	}

	/**
	 * Where something is on its way to.
	 */
	public enum Direction {

		/**
		 * From the client to the server.
		 */
		TO_SERVER,

		/**
		 * From the server to the client.
		 */
		TO_CLIENT

	}

	/**
	 * Where connections are taken.
	 *
	 * @param socket the socket
	 * @param thread what takes them
	 */
	private record Entrance(ServerSocket socket, Thread thread) {
	}

	private enum Traffic {

		PASSING, STALLED, SILENT

	}

	private interface Transport {

		void run() throws IOException, InterruptedException;

	}

	private final class Connection {

		private final Socket client;

		private final @Nullable Socket server;

		private final Map<Direction, Traffic> traffic = new EnumMap<>(Direction.class);

		private boolean reset;

		private Connection(Socket client, @Nullable Socket server) {
			this.client = client;
			this.server = server;
		}

		private synchronized void set(Direction direction, Traffic next) {
			if (this.traffic.get(direction) != Traffic.SILENT) {
				this.traffic.put(direction, next);
				notifyAll();
			}
		}

		private void resume() {
			for (Direction direction : Direction.values()) {
				set(direction, Traffic.PASSING);
			}
		}

		private void carry(Socket from, Socket to, Direction direction) throws IOException, InterruptedException {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			byte[] bytes = new byte[8192];
			try {
				for (int count = input.read(bytes); awaitPassage(direction) && count >= 0; count = input.read(bytes)) {
					Duration delay = TcpProxy.this.delays.get(direction);
					if (delay != null) {
						Waits.pause(delay, TcpProxy.this.closed);
					}
					if (!awaitPassage(direction)) {
						break;
					}
					output.write(bytes, 0, count);
				}
			}
			finally {
				end(direction);
			}
		}

		/**
		 * Waits while this direction is stalled.
		 * @return whether something may pass; if not, it is lost
		 */
		private synchronized boolean awaitPassage(Direction direction) throws InterruptedException {
			while (!this.reset && this.traffic.get(direction) == Traffic.STALLED) {
				wait();
			}
			return !this.reset && this.traffic.get(direction) != Traffic.SILENT;
		}

		/**
		 * One end has closed: the other one sees that, unless this direction is lost.
		 */
		private void end(Direction direction) throws IOException {
			synchronized (this) {
				if (this.traffic.get(direction) == Traffic.SILENT && !this.reset) {
					return;
				}
			}
			TcpProxy.this.connections.remove(this);
			this.client.close();
			if (this.server != null) {
				this.server.close();
			}
		}

		private void reset() {
			synchronized (this) {
				this.reset = true;
				notifyAll();
			}
			TcpProxy.this.connections.remove(this);
			TcpProxy.reset(this.client);
			if (this.server != null) {
				TcpProxy.reset(this.server);
			}
		}

	}

}
