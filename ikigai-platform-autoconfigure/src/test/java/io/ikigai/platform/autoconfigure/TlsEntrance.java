package io.ikigai.platform.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An entrance with TLS to a server that runs without it, on the loopback interface, with
 * a certificate that nobody knows but who is told.
 */
final class TlsEntrance implements AutoCloseable {

	private static final String PASSWORD = "of the store";

	private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

	private final List<Socket> open = new CopyOnWriteArrayList<>();

	private final URI server;

	private final SSLContext tls;

	private final boolean announced;

	private TlsEntrance(URI server, Path store, boolean announced) throws IOException, GeneralSecurityException {
		this.server = server;
		this.tls = context(store);
		this.announced = announced;
		start(this::accept);
	}

	/**
	 * Opens an entrance that speaks TLS from the first byte on.
	 */
	static TlsEntrance to(String server, Path store) throws IOException, GeneralSecurityException {
		return new TlsEntrance(URI.create(server), store, false);
	}

	/**
	 * Opens an entrance as a server of NATS does: it speaks TLS after it has announced
	 * itself.
	 */
	static TlsEntrance toNats(String server, Path store) throws IOException, GeneralSecurityException {
		return new TlsEntrance(URI.create(server), store, true);
	}

	/**
	 * Makes a store with a certificate for 127.0.0.1, and its key.
	 */
	static Path certificate(Path directory) throws IOException, InterruptedException {
		Path store = directory.resolve("server.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-validity", "2", "-dname", "CN=127.0.0.1", "-ext",
				"san=ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(keytool.waitFor()).as(output).isZero();
		return store;
	}

	/**
	 * Returns the properties of a bundle that trusts the certificate.
	 */
	static List<String> bundle(String name, Path store) {
		String prefix = "--spring.ssl.bundle.jks." + name + ".truststore.";
		return List.of(prefix + "location=" + store.toUri(), prefix + "password=" + PASSWORD, prefix + "type=PKCS12");
	}

	private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream content = Files.newInputStream(store)) {
			keys.load(content, PASSWORD.toCharArray());
		}
		KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		managers.init(keys, PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(managers.getKeyManagers(), null, null);
		return context;
	}

	/**
	 * Returns the server's address as it is through this entrance.
	 */
	String url(String scheme) {
		String user = this.server.getRawUserInfo();
		return scheme + "://" + ((user != null) ? user + "@" : "") + "127.0.0.1:" + this.entrance.getLocalPort();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.entrance.accept();
			this.open.add(client);
			start(() -> lead(client));
		}
	}

	private void lead(Socket client) throws IOException {
		Socket inner = new Socket(this.server.getHost(), this.server.getPort());
		this.open.add(inner);
		if (this.announced) {
			client.getOutputStream()
				.write(line(inner.getInputStream()).replaceFirst("\\{", "{\"tls_required\":true,")
					.getBytes(StandardCharsets.UTF_8));
		}
		SSLSocket secured = (SSLSocket) this.tls.getSocketFactory()
			.createSocket(client, "127.0.0.1", client.getPort(), true);
		secured.setUseClientMode(false);
		this.open.add(secured);
		start(() -> carry(inner, secured));
		carry(secured, inner);
	}

	private static String line(InputStream input) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int next = input.read();
		while (next >= 0) {
			line.write(next);
			if (next == '\n') {
				break;
			}
			next = input.read();
		}
		return line.toString(StandardCharsets.UTF_8);
	}

	private static void carry(Socket from, Socket to) throws IOException {
		try (from; to) {
			from.getInputStream().transferTo(to.getOutputStream());
		}
	}

	private static void start(Transport transport) {
		Thread thread = new Thread(() -> {
			try {
				transport.run();
			}
			catch (IOException ex) {
				// One end has closed, or does not trust the certificate
			}
		}, "tls-entrance");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.entrance.close();
		for (Socket socket : this.open) {
			socket.close();
		}
	}

	/**
	 * What a thread does until an end closes.
	 */
	private interface Transport {

		void run() throws IOException;

	}

}
