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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

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

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private HttpServer site;

	private final AtomicInteger requests = new AtomicInteger();

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
		CheckOutcome outcome = checker().check(address("http", "/moved"));
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
			CheckOutcome outcome = checker().check(address("https", "/"));
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
		CheckOutcome outcome = checker().check(address("https", "/"));
		assertThat(outcome.state()).isEqualTo("down");
		assertThat(outcome.reason()).contains("unable to find valid certification path");
	}

	@Test
	void takesAnUnknownHostForDown() throws InterruptedException {
		CheckOutcome outcome = checker().check(URI.create("http://nowhere.invalid/"));
		assertThat(outcome.state()).isEqualTo("down");
		assertThat(outcome.reason()).contains("nowhere.invalid");
	}

	@Test
	void keepsNoNulOfAServerThatTalksNonsense() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread answering = new Thread(() -> answer(server, "nonsense \0 here\r\n\r\n"));
			answering.start();
			CheckOutcome outcome = checker().check(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"));
			answering.join();
			assertThat(outcome.state()).isEqualTo("down");
			assertThat(outcome.reason()).isNotBlank().doesNotContain("\0");
		}
	}

	@Test
	void refusesAddressesThatAreNotPublic() throws Exception {
		SiteChecker careful = new SiteChecker(new SiteRequests(List.of(), TIMEOUT));
		start(HttpServer.create(ANY_PORT, 0));
		int port = this.site.getAddress().getPort();
		for (String host : List.of("localhost", "127.0.0.1", "127.1.2.3", "[::1]", "0.0.0.0", "2130706433", "10.0.0.1",
				"172.16.0.1", "192.168.1.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]")) {
			CheckOutcome outcome = careful.check(URI.create("http://" + host + ":" + port + "/"));
			assertThat(outcome.state()).as(host).isEqualTo("down");
			assertThat(outcome.status()).as(host).isNull();
			assertThat(outcome.reason()).as(host).contains("not public", "monitoring.allowed-addresses");
		}
		assertThat(this.requests).hasValue(0);
	}

	@Test
	void refusesToFollowARedirectToAnAddressThatIsNotPublic() throws Exception {
		start(HttpServer.create(ANY_PORT, 0));
		this.site.createContext("/inside", (exchange) -> {
			exchange.getResponseHeaders()
				.set("Location", "http://127.0.0.2:%d/".formatted(this.site.getAddress().getPort()));
			exchange.sendResponseHeaders(302, -1);
			exchange.close();
		});
		CheckOutcome outcome = checker().check(address("http", "/inside"));
		assertThat(outcome.state()).isEqualTo("down");
		assertThat(outcome.reason()).contains("not public");
		assertThat(this.requests).hasValue(0);
	}

	private static SiteChecker checker() {
		return new SiteChecker(new SiteRequests(List.of("127.0.0.1", "::1"), TIMEOUT));
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
			this.requests.incrementAndGet();
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
