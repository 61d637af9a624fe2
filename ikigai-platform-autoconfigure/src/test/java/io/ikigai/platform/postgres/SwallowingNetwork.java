package io.ikigai.platform.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.testservers.PostgresDatabase;

/**
 * A network between an agent and its database that can lose connections without a word,
 * as a router does that has forgotten them.
 */
final class SwallowingNetwork implements AutoCloseable {

	private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final List<Passage> passages = new CopyOnWriteArrayList<>();

	private final PostgresDatabase target;

	private final URI address;

	SwallowingNetwork(PostgresDatabase target) throws IOException {
		this.target = target;
		this.address = URI.create(target.url().substring("jdbc:".length()));
		start(this::accept);
	}

	/**
	 * The database as it is reached through this network.
	 */
	PostgresDatabase database() {
		return new PostgresDatabase(
				"jdbc:postgresql://127.0.0.1:" + this.entrance.getLocalPort() + this.address.getPath(),
				this.target.username(), this.target.password());
	}

	/**
	 * From now on nothing comes through over the connections that there are, and neither
	 * end is told. New ones work.
	 */
	void swallow() {
		this.passages.forEach((passage) -> passage.swallowing = true);
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.entrance.accept();
			Passage passage = new Passage(client, new Socket(this.address.getHost(), this.address.getPort()));
			this.passages.add(passage);
			start(() -> passage.carry(passage.client, passage.server));
			start(() -> passage.carry(passage.server, passage.client));
		}
	}

	private static void start(Transport transport) {
		Thread thread = new Thread(() -> {
			try {
				transport.run();
			}
			catch (IOException ex) {
				// One end has closed.
			}
		}, "network");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.entrance.close();
		for (Passage passage : this.passages) {
			passage.client.close();
			passage.server.close();
		}
	}

	private interface Transport {

		void run() throws IOException;

	}

	private static final class Passage {

		private final Socket client;

		private final Socket server;

		private volatile boolean swallowing;

		private Passage(Socket client, Socket server) {
			this.client = client;
			this.server = server;
		}

		private void carry(Socket from, Socket to) throws IOException {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			byte[] bytes = new byte[8192];
			for (int count = input.read(bytes); count >= 0; count = input.read(bytes)) {
				if (!this.swallowing) {
					output.write(bytes, 0, count);
				}
			}
			if (!this.swallowing) {
				to.close();
			}
		}

	}

}
