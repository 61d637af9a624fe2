package io.ikigai.platform.testservers;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RabbitmqServerIntegrationTests {

	@Test
	void isOneServerForAllWhoShareIt() throws IOException {
		assertThat(RabbitmqServer.shared().url()).isEqualTo(RabbitmqServer.shared().url());
		assertThat(greeting(RabbitmqServer.shared())).contains("RabbitMQ");
	}

	@Test
	void doesNotLetTheSharedServerBeStopped() {
		RabbitmqServer server = RabbitmqServer.shared();
		assertThatIllegalStateException().isThrownBy(() -> server.stop(Shutdown.FAST))
			.withMessageContaining("RabbitmqServer.dedicated()");
		assertThatIllegalStateException().isThrownBy(server::close);
	}

	@Test
	void keepsThePortOverARestart() throws IOException {
		try (RabbitmqServer server = RabbitmqServer.dedicated()) {
			String url = server.url();
			for (Shutdown shutdown : Shutdown.values()) {
				server.stop(shutdown);
				server.start();
				assertThat(server.url()).isEqualTo(url);
				assertThat(greeting(server)).contains("RabbitMQ");
			}
		}
	}

	/**
	 * What the server says to who speaks its protocol: what it is called, among others.
	 */
	private static String greeting(RabbitmqServer server) throws IOException {
		URI url = URI.create(server.url());
		try (Socket socket = new Socket(url.getHost(), url.getPort())) {
			socket.getOutputStream().write(new byte[] { 'A', 'M', 'Q', 'P', 0, 0, 9, 1 });
			DataInputStream answer = new DataInputStream(socket.getInputStream());
			// A frame's type and channel, then its size
			answer.skipNBytes(3);
			return new String(answer.readNBytes(answer.readInt()), StandardCharsets.ISO_8859_1);
		}
	}

}
