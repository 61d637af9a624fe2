package io.ikigai.platform.testservers;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RedisServerIntegrationTests {

	@Test
	void isOneServerForAllWhoShareIt() throws IOException {
		assertThat(RedisServer.shared().url()).isEqualTo(RedisServer.shared().url());
		assertThat(ask(RedisServer.shared(), "PING")).isEqualTo("+PONG");
	}

	@Test
	void asksForAPassword() throws IOException {
		URI url = URI.create(RedisServer.shared().url());
		try (Socket socket = new Socket(url.getHost(), url.getPort())) {
			assertThat(talk(socket, "PING")).startsWith("-NOAUTH");
		}
	}

	@Test
	void doesNotLetTheSharedServerBeStopped() {
		RedisServer server = RedisServer.shared();
		assertThatIllegalStateException().isThrownBy(() -> server.stop(Shutdown.FAST))
			.withMessageContaining("RedisServer.dedicated()");
		assertThatIllegalStateException().isThrownBy(server::close);
	}

	@ParameterizedTest
	@EnumSource(Shutdown.class)
	void keepsThePortAndWhatItHasOverARestart(Shutdown shutdown) throws Exception {
		try (RedisServer server = RedisServer.dedicated()) {
			String url = server.url();
			assertThat(ask(server, "SET k v")).isEqualTo("+OK");
			// Written to the file each second.
			assertThat(ask(server, "WAITAOF 1 0 10000")).isEqualTo("*2");
			server.stop(shutdown);
			server.start();
			assertThat(server.url()).isEqualTo(url);
			assertThat(ask(server, "EXISTS k")).isEqualTo(":1");
		}
	}

	private static String ask(RedisServer server, String command) throws IOException {
		URI url = URI.create(server.url());
		try (Socket socket = new Socket(url.getHost(), url.getPort())) {
			assertThat(talk(socket, "AUTH " + server.password())).isEqualTo("+OK");
			return talk(socket, command);
		}
	}

	private static String talk(Socket socket, String command) throws IOException {
		socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
		StringBuilder line = new StringBuilder();
		for (int next = socket.getInputStream().read(); next != '\n'
				&& next >= 0; next = socket.getInputStream().read()) {
			line.append((char) next);
		}
		return line.toString().trim();
	}

}
