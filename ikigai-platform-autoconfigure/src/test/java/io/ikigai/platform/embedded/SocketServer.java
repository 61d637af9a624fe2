package io.ikigai.platform.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A PostgreSQL that listens on a Unix socket as well, and speaks TLS.
 */
public final class SocketServer implements AutoCloseable {

	private static final String SECRET = "changeit";

	private final Path data;

	private final int port;

	private final EmbeddedPostgres postgres;

	/**
	 * Starts the server.
	 * @param directory where its programs and data are kept, of a short name
	 * @param port a free port
	 * @throws Exception if it does not start
	 */
	public SocketServer(Path directory, int port) throws Exception {
		this.postgres = EmbeddedPostgres.start(directory, port);
		this.port = port;
		DataDirectory running = DataDirectory.running(directory.toRealPath()).orElseThrow();
		this.data = running.path();
		createCertificate();
		Path program = running.postmaster().running().orElseThrow().program().resolveSibling("pg_ctl");
		ServerCommand.Result result = new ServerCommand(directory.toRealPath()).run(program, "restart", "-D",
				running.name(), "-l", "postgres.log", "-w", "-o",
				"-c listen_addresses=127.0.0.1 -c port=" + port + " -c unix_socket_directories=. -c ssl=on");
		if (!result.successful()) {
			close();
			throw new IOException(result.output());
		}
	}

	private void createCertificate() throws IOException, InterruptedException, GeneralSecurityException {
		Path store = this.data.resolve("store");
		Process keytool = new ProcessBuilder(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg",
						"EC", "-alias", "server", "-dname", "CN=localhost", "-storetype", "PKCS12", "-keystore",
						store.toString(), "-storepass", SECRET))
			.inheritIO()
			.start();
		if (keytool.waitFor() != 0) {
			throw new IOException("keytool failed");
		}
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream input = Files.newInputStream(store)) {
			keys.load(input, SECRET.toCharArray());
		}
		write("server.crt", "CERTIFICATE", keys.getCertificate("server").getEncoded());
		write("server.key", "PRIVATE KEY", keys.getKey("server", SECRET.toCharArray()).getEncoded());
	}

	private void write(String name, String what, byte[] content) throws IOException {
		Path file = Files.createFile(this.data.resolve(name),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(content)
				+ "\n-----END " + what + "-----\n");
	}

	/**
	 * Returns the address by TCP.
	 */
	public String jdbcUrl() {
		return this.postgres.jdbcUrl();
	}

	/**
	 * Returns the address by the Unix socket, as libpq takes it.
	 */
	public String socketUrl() {
		return "postgresql:///ikigai?host=" + this.data + "&port=" + this.port;
	}

	public String username() {
		return this.postgres.username();
	}

	public String password() {
		return this.postgres.password();
	}

	@Override
	public void close() {
		this.postgres.close();
	}

}
