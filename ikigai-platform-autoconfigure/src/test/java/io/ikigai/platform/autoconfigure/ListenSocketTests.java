package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ListenSocketTests {

	@Test
	void answersALookAtOnceAndWaitsOtherwise() throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket socket = new ListenSocket(new Socket(server.getInetAddress(), server.getLocalPort()));
				Socket peer = server.accept()) {
			socket.setSoTimeout(1);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> socket.getInputStream().read())
				.withMessage("Nothing has come");
			socket.setSoTimeout(20);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> socket.getInputStream().read())
				.satisfies((ex) -> assertThat(ex).hasMessageNotContaining("Nothing has come"));
			peer.getOutputStream().write(7);
			socket.setSoTimeout(0);
			assertThat(socket.getInputStream().read()).isEqualTo(7);
			peer.getOutputStream().write(new byte[] { 8, 9 });
			assertThat(socket.getInputStream().read()).isEqualTo(8);
			socket.setSoTimeout(1);
			assertThat(socket.getInputStream().read()).isEqualTo(9);
		}
	}

}
