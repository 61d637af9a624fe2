package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * One application's use of the embedded PostgreSQL, from {@link #start(Path, int)} to
 * {@link #close()}. The server is a process of its own, listens on the loopback address
 * only and outlives the application that started it for as long as others use it; the
 * last one to close stops it. Its data stays in the directory. An application that was
 * killed no longer counts as a user; a server that was killed is started again, on the
 * same port, by those that use it.
 * <p>
 * Meant for development: one user, one machine. Instances are thread-safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {

	/**
	 * The database and its owner, who is a superuser.
	 */
	static final String NAME = "ikigai";

	private static final long LOOK_MILLIS = 500;

	private static final Log logger = LogFactory.getLog(EmbeddedPostgres.class);

	private final DirectoryUsers users;

	private final PostgresServer server;

	private final int port;

	private final String password;

	private final AtomicBoolean closed = new AtomicBoolean();

	private EmbeddedPostgres(DirectoryUsers users, PostgresServer server, int port, String password) {
		this.users = users;
		this.server = server;
		this.port = port;
		this.password = password;
	}

	/**
	 * Joins the server of a directory, and starts it if it does not run. The first start
	 * of all unpacks the binaries and creates the data; it takes a few seconds. Blocks
	 * until the server answers.
	 * @param directory where binaries, data, password and log are kept; created if absent
	 * @param port the TCP port to listen on, 1 to 65535; a server of this directory that
	 * runs already keeps the port it has
	 * @return the handle, to be closed by the caller
	 * @throws EmbeddedPostgresException if the server can't be had, with the reason and
	 * the way out
	 */
	public static EmbeddedPostgres start(Path directory, int port) {
		if (port < 1 || port > 65535) {
			throw new IllegalArgumentException(
					"ikigai.postgres.embedded.port is %d; it must be between 1 and 65535".formatted(port));
		}
		Path home = createDirectory(directory);
		requireOwn(home);
		DirectoryUsers users = DirectoryUsers.of(home);
		PostgresServer server = new PostgresServer(home);
		PostgresServer.Running running = users.join(() -> server.ensureRunning(port));
		logger.info("PostgreSQL %s (embedded, meant for development) %s on 127.0.0.1:%d, data in %s"
			.formatted(running.version(), running.started() ? "started" : "joined", running.port(), running.data()));
		if (!running.otherData().isEmpty()) {
			logger.info(
					"Data of other versions of PostgreSQL stays beside it, for their binaries: " + running.otherData());
		}
		EmbeddedPostgres postgres = new EmbeddedPostgres(users, server, running.port(), running.password());
		Thread keeper = new Thread(postgres::keepRunning, "ikigai-embedded-postgres");
		keeper.setDaemon(true);
		keeper.start();
		return postgres;
	}

	private void keepRunning() {
		String told = "";
		while (!this.closed.get()) {
			try {
				TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
				if (!this.closed.get() && !this.server.runs()) {
					this.users.keep(() -> this.server.ensureRunning(this.port))
						.filter(PostgresServer.Running::started)
						.ifPresent((running) -> logger.warn(
								"The embedded PostgreSQL had ended, and was started again on 127.0.0.1:" + this.port));
					told = "";
				}
			}
			catch (InterruptedException ex) {
				return;
			}
			catch (IOException | RuntimeException ex) {
				if (!told.equals(String.valueOf(ex.getMessage()))) {
					told = String.valueOf(ex.getMessage());
					logger.error("The embedded PostgreSQL has ended, and cannot be started again yet", ex);
				}
			}
		}
	}

	private static Path createDirectory(Path directory) {
		if (System.getProperty("os.name").startsWith("Windows")) {
			throw new EmbeddedPostgresException("The embedded PostgreSQL does not run on Windows.",
					"Set ikigai.postgres.url or spring.datasource.url to a PostgreSQL, or run inside WSL.");
		}
		try {
			if (!Files.isDirectory(directory)) {
				Files.createDirectories(directory,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			}
			return checkName(directory.toRealPath());
		}
		catch (IOException ex) {
			throw new EmbeddedPostgresException(
					"The directory %s of the embedded PostgreSQL could not be created (%s).".formatted(directory, ex),
					"Set ikigai.postgres.embedded.directory to one that this user may write to.", ex);
		}
	}

	// Before anything is opened there
	private static void requireOwn(Path home) {
		try {
			OwnFiles.ofThisUser(home).require(home);
		}
		catch (IOException ex) {
			throw new EmbeddedPostgresException(
					"The owner of %s could not be found out (%s).".formatted(home, ex.getMessage()),
					"Set ikigai.postgres.embedded.directory to a directory of this user.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EmbeddedPostgresException("Interrupted while the embedded PostgreSQL was starting.",
					"Start again.", ex);
		}
	}

	private static Path checkName(Path directory) {
		// pg_ctl and initdb put their own path between double quotes in a shell command
		if (directory.toString().chars().anyMatch((c) -> "\"$`\\\n".indexOf(c) >= 0)) {
			throw new EmbeddedPostgresException(
					"The path %s has a character that PostgreSQL's tools can't take: one of \" $ ` \\ or a line feed."
						.formatted(directory),
					"Set ikigai.postgres.embedded.directory to another directory.");
		}
		return directory;
	}

	/**
	 * The JDBC URL, without user name and password. It makes the driver refuse a server
	 * that asks for the password in any form but SCRAM, such as a program that has taken
	 * the port of a server that ended.
	 * @return {@code jdbc:postgresql://127.0.0.1:port/ikigai?requireAuth=scram-sha-256}
	 */
	public String jdbcUrl() {
		return "jdbc:postgresql://127.0.0.1:%d/%s?requireAuth=scram-sha-256".formatted(this.port, NAME);
	}

	/**
	 * The user name.
	 * @return {@code ikigai}
	 */
	public String username() {
		return NAME;
	}

	/**
	 * The password, generated when the data was created.
	 * @return the password; not to be logged
	 */
	public String password() {
		return this.password;
	}

	/**
	 * The URL that {@code psql} takes as it stands.
	 * @return a URL that contains the password
	 */
	public String psqlUrl() {
		return "postgresql://%s:%s@127.0.0.1:%d/%s".formatted(NAME, this.password, this.port, NAME);
	}

	/**
	 * The port the server really listens on.
	 * @return a TCP port of 127.0.0.1
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Where binaries, data, password file and log are.
	 * @return the real path
	 */
	public Path directory() {
		return this.server.directory();
	}

	/**
	 * Ends this use, and stops the server if it was the last. Closing again does nothing.
	 * @throws EmbeddedPostgresException if the server could not be stopped
	 */
	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		// An interrupted thread could neither wait for the lock nor for pg_ctl
		boolean interrupted = Thread.interrupted();
		try {
			this.users.leave(this.server::stop);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public String toString() {
		return "EmbeddedPostgres[127.0.0.1:%d, %s]".formatted(this.port, directory());
	}

}
