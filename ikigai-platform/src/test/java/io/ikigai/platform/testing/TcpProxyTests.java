package io.ikigai.platform.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.testing.TcpProxy.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A network that fails does so in the way that was asked for.
 */
class TcpProxyTests {

	private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();

	private ServerSocket server;

	private TcpProxy proxy;

	private URI entrance;

	@BeforeEach
	void start() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		String url = "echo://127.0.0.1:" + this.server.getLocalPort();
		this.proxy = TcpProxy.to(url);
		this.entrance = URI.create(this.proxy.through(url));
		start(() -> {
			while (true) {
				Socket client = this.server.accept();
				start(() -> echo(client));
			}
		});
	}

	@AfterEach
	void stop() throws IOException {
		this.proxy.close();
		this.server.close();
	}

	@Test
	void losesEstablishedConnectionsOnly() throws IOException {
		Socket lost = connect();
		assertThat(echoed(lost, 1)).isEqualTo(1);
		this.proxy.silence();
		lost.getOutputStream().write(2);
		assertThat(echoed(connect(), 3)).isEqualTo(3);
		assertEndsWithoutAnswer(lost);
		assertThat(this.received).containsExactly(1, 3);
	}

	@Test
	void losesAnswersOnly() throws IOException {
		Socket client = connect();
		assertThat(echoed(client, 1)).isEqualTo(1);
		this.proxy.silence(Direction.TO_CLIENT);
		client.getOutputStream().write(2);
		assertThat(Waits.next("the first byte", this.received)).isEqualTo(1);
		assertThat(Waits.next("the byte whose answer is lost", this.received)).isEqualTo(2);
		assertEndsWithoutAnswer(client);
	}

	@Test
	void passesOnWhatWasStalled() throws IOException {
		Socket client = connect();
		assertThat(echoed(client, 1)).isEqualTo(1);
		this.proxy.stall(Direction.TO_SERVER);
		client.getOutputStream().write(2);
		assertThat(echoed(connect(), 3)).isEqualTo(3);
		assertThat(this.received).containsExactly(1, 3);
		this.proxy.restore();
		assertThat(client.getInputStream().read()).isEqualTo(2);
	}

	@Test
	void takesConnectionsIntoTheBlackHoleUntilItIsRestored() throws IOException {
		this.proxy.blackHole();
		Socket lost = connect();
		lost.getOutputStream().write(1);
		Waits.until("the connection was taken", () -> this.proxy.openConnections() == 1);
		this.proxy.restore();
		assertThat(echoed(connect(), 2)).isEqualTo(2);
		assertEndsWithoutAnswer(lost);
		assertThat(this.received).containsExactly(2);
	}

	@Test
	void refusesConnectionsUntilItIsRestored() throws IOException {
		Socket cut = connect();
		assertThat(echoed(cut, 1)).isEqualTo(1);
		this.proxy.refuse();
		assertThatExceptionOfType(SocketException.class).isThrownBy(cut.getInputStream()::read);
		assertThatExceptionOfType(SocketException.class).isThrownBy(this::connect);
		this.proxy.restore();
		assertThat(echoed(connect(), 2)).isEqualTo(2);
	}

	private Socket connect() throws IOException {
		return new Socket(this.entrance.getHost(), this.entrance.getPort());
	}

	private static int echoed(Socket client, int value) throws IOException {
		client.getOutputStream().write(value);
		return client.getInputStream().read();
	}

	private void assertEndsWithoutAnswer(Socket client) throws IOException {
		this.proxy.close();
		try {
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		catch (SocketException ex) {
			// It was reset.
		}
	}

	private void echo(Socket client) throws IOException {
		for (int value = client.getInputStream().read(); value >= 0; value = client.getInputStream().read()) {
			this.received.add(value);
			client.getOutputStream().write(value);
		}
	}

	private static void start(Transport transport) {
		Thread thread = new Thread(() -> {
			try {
				transport.run();
			}
			catch (IOException ex) {
				// The test is over.
			}
		}, "echo");
		thread.setDaemon(true);
		thread.start();
	}

	private interface Transport {

		void run() throws IOException;

	}

}
