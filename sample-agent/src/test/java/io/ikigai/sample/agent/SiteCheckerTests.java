package io.ikigai.sample.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What is found out about sites of every kind.
 */
class SiteCheckerTests {

	private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private HttpServer site;

	@AfterEach
	void stopSite() {
		if (this.site != null) {
			this.site.stop(0);
		}
	}

	@Test
	void followsRedirects() throws Exception {
		start(HttpServer.create(ANY_PORT, 0));
		this.site.createContext("/moved", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/");
			exchange.sendResponseHeaders(301, -1);
			exchange.close();
		});
		CheckOutcome outcome = new SiteChecker().check(address("http", "/moved"));
		assertThat(outcome.state()).isEqualTo("up");
		assertThat(outcome.status()).isEqualTo(200);
		assertThat(outcome.certificateExpiry()).isNull();
	}

	@Test
	void tellsWhenTheCertificateEnds(@TempDir Path directory) throws Exception {
		KeyStore keys = certificate(directory, 30);
		startHttps(keys);
		SSLContext usual = SSLContext.getDefault();
		SSLContext.setDefault(context(keys));
		try {
			CheckOutcome outcome = new SiteChecker().check(address("https", "/"));
			assertThat(outcome.state()).isEqualTo("up");
			assertThat(outcome.certificateExpiry()).isCloseTo(Instant.now().plus(30, ChronoUnit.DAYS),
					within(1, ChronoUnit.HOURS));
		}
		finally {
			SSLContext.setDefault(usual);
		}
	}

	@Test
	void takesAnUntrustedCertificateForDown(@TempDir Path directory) throws Exception {
		startHttps(certificate(directory, 30));
		CheckOutcome outcome = new SiteChecker().check(address("https", "/"));
		assertThat(outcome.state()).isEqualTo("down");
		assertThat(outcome.reason()).contains("unable to find valid certification path");
	}

	@Test
	void takesAnUnknownHostForDown() throws InterruptedException {
		CheckOutcome outcome = new SiteChecker().check(URI.create("http://nowhere.invalid/"));
		assertThat(outcome.state()).isEqualTo("down");
		assertThat(outcome.reason()).isEqualTo("host not found");
	}

	@Test
	void keepsNoNulOfAServerThatTalksNonsense() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread answering = new Thread(() -> answer(server, "nonsense \0 here\r\n\r\n"));
			answering.start();
			CheckOutcome outcome = new SiteChecker()
				.check(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"));
			answering.join();
			assertThat(outcome.state()).isEqualTo("down");
			assertThat(outcome.reason()).isNotBlank().doesNotContain("\0");
		}
	}

	private static void answer(ServerSocket server, String text) {
		try (Socket socket = server.accept()) {
			socket.getInputStream().read();
			socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void start(HttpServer server) {
		this.site = server;
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		server.start();
	}

	private void startHttps(KeyStore keys) throws Exception {
		HttpsServer server = HttpsServer.create(ANY_PORT, 0);
		server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
		start(server);
	}

	private URI address(String scheme, String path) {
		return URI.create(scheme + "://localhost:" + this.site.getAddress().getPort() + path);
	}

	private static SSLContext context(KeyStore keys) throws Exception {
		KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keyManagers.init(keys, "secret".toCharArray());
		TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trustManagers.init(keys);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
		return context;
	}

	/**
	 * The JDK has no public API that signs a certificate.
	 */
	private static KeyStore certificate(Path directory, int days) throws Exception {
		Path file = directory.resolve("keys.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "site", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
				"-validity", String.valueOf(days), "-storetype", "PKCS12", "-storepass", "secret", "-keystore",
				file.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(keytool.waitFor()).as(output).isZero();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			keys.load(in, "secret".toCharArray());
		}
		KeyStore trusting = KeyStore.getInstance("PKCS12");
		trusting.load(null, null);
		trusting.setKeyEntry("site", keys.getKey("site", "secret".toCharArray()), "secret".toCharArray(),
				keys.getCertificateChain("site"));
		trusting.setCertificateEntry("trusted", keys.getCertificate("site"));
		return trusting;
	}

}
