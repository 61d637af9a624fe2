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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * The server process of one directory. To be used by one process at a time, which
 * {@link DirectoryUsers} sees to.
 */
final class PostgresServer {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final String UNFINISHED_DATA = "data.new";

	private final Path directory;

	private final PasswordFile password;

	private final ServerCommand command;

	/** What is, or was last, worked on. */
	private @Nullable DataDirectory data;

	PostgresServer(Path directory) {
		this.directory = directory;
		this.password = new PasswordFile(directory.resolve("password"));
		this.command = new ServerCommand(directory);
	}

	Path directory() {
		return this.directory;
	}

	Running ensureRunning(int port) throws IOException, InterruptedException {
		OwnFiles own = OwnFiles.ofThisUser(this.directory);
		own.require(this.directory);
		Optional<DataDirectory> present = DataDirectory.running(this.directory);
		DataDirectory running = (present.isPresent()) ? present.get() : start(port, own);
		this.data = running;
		int actualPort = running.postmaster().running().map(PostmasterFile.Entry::port).orElse(port);
		try {
			own.require(running.path());
			String secret = this.password.read();
			own.requireSecret(this.password.path());
			String version = new PostgresDatabase(actualPort, secret, this.password.path()).createIfAbsent(PATIENCE,
					running.postmaster());
			List<Path> others = DataDirectory.all(this.directory)
				.stream()
				.map(DataDirectory::path)
				.filter((path) -> !path.equals(running.path()))
				.toList();
			return new Running(actualPort, secret, version, present.isEmpty(), running.path(), others);
		}
		catch (EmbeddedPostgresException ex) {
			if (present.isEmpty()) {
				stop();
			}
			throw ex;
		}
	}

	private DataDirectory start(int port, OwnFiles own) throws IOException, InterruptedException {
		requireFree(port);
		PostgresBinaries binaries = PostgresBinaries.unpackInto(this.directory, own);
		DataDirectory.nameByVersion(this.directory);
		DataDirectory ours = DataDirectory.of(this.directory, binaries.majorVersion());
		requireSameAsBefore(ours);
		if (ours.exists()) {
			own.require(ours.path());
			requireMajorVersion(ours, binaries.majorVersion());
		}
		else {
			createData(binaries, ours, own);
		}
		start(binaries, ours, port);
		return ours;
	}

	// Those that use the server must not find an empty database
	private void requireSameAsBefore(DataDirectory ours) {
		DataDirectory before = this.data;
		if (before != null && !before.path().equals(ours.path())) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL that worked on %s has ended, and the binaries of this application are for %s."
						.formatted(before.path(), ours.path()),
					"An application with the binaries of the former starts it again.");
		}
	}

	boolean runs() throws IOException {
		return DataDirectory.running(this.directory).isPresent();
	}

	void stop() throws IOException, InterruptedException {
		DataDirectory running = DataDirectory.running(this.directory).orElse(null);
		Optional<PostmasterFile.Entry> server = (running != null) ? running.postmaster().running() : Optional.empty();
		if (running == null || server.isEmpty()) {
			return;
		}
		ServerCommand.Result result = this.command.run(server.get().program().resolveSibling("pg_ctl"), "stop", "-D",
				running.name(), "-m", "fast", "-w", "-t", String.valueOf(PATIENCE.toSeconds()));
		if (!result.successful() && running.postmaster().running().isPresent()) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL in %s did not stop: %s".formatted(this.directory, result.output().strip()),
					"See %s.".formatted(logFile()));
		}
	}

	private void createData(PostgresBinaries binaries, DataDirectory data, OwnFiles own)
			throws IOException, InterruptedException {
		this.password.create();
		own.requireSecret(this.password.path());
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
		Files.move(unfinished, data.path(), StandardCopyOption.ATOMIC_MOVE);
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

	private static void requireMajorVersion(DataDirectory data, String ours) throws IOException {
		String theirs = data.majorVersion();
		if (!theirs.equals(ours)) {
			throw new EmbeddedPostgresException(
					"The data in %s was written by PostgreSQL %s, and not by PostgreSQL %s as its name says. Nothing was changed."
						.formatted(data.path(), theirs, ours),
					"Rename it, or set ikigai.postgres.embedded.directory to another directory.");
		}
	}

	private void start(PostgresBinaries binaries, DataDirectory data, int port)
			throws IOException, InterruptedException {
		data.postmaster().disownDeadServer();
		String options = "-c listen_addresses=127.0.0.1 -c port=%d -c max_connections=200".formatted(port);
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			ServerLog log = new ServerLog(logFile());
			ServerCommand.Result result = this.command.run(binaries.program("pg_ctl"), "start", "-D", data.name(), "-l",
					logFile().getFileName().toString(), "-o", options, "-w", "-t",
					String.valueOf(PATIENCE.toSeconds()));
			// Also the server of a start whose application was killed meanwhile
			if (result.successful() || data.postmaster().running().isPresent()) {
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
	 * @param data where its data is
	 * @param otherData where data of other major versions is
	 */
	record Running(int port, String password, String version, boolean started, Path data, List<Path> otherData) {

		@Override
		public String toString() {
			return "Running[port=%d, version=%s]".formatted(this.port, this.version);
		}

	}

}
