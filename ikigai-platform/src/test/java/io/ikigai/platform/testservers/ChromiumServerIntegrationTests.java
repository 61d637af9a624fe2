package io.ikigai.platform.testservers;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The browser answers, shows a page, and ends.
 */
class ChromiumServerIntegrationTests {

	private final HttpClient http = HttpClient.newHttpClient();

	private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.http.send(request.build(), BodyHandlers.ofString()).body();
	}

	@Test
	void opensAPageAndEnds() throws IOException, InterruptedException {
		URI version;
		try (ChromiumServer browser = ChromiumServer.dedicated()) {
			version = URI.create(browser.endpoint() + "/json/version");
			assertThat(send(HttpRequest.newBuilder(version))).contains("webSocketDebuggerUrl");
			assertThat(send(HttpRequest.newBuilder(URI.create(browser.endpoint() + "/json/new?data:text/html,hello"))
				.method("PUT", HttpRequest.BodyPublishers.noBody()))).contains("data:text/html,hello");
		}
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> send(HttpRequest.newBuilder(version)));
	}

}
