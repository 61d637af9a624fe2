package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The file {@code postmaster.pid} that a running server keeps in its data directory, and
 * that a crashed one leaves behind.
 */
final class PostmasterFile {

	/**
	 * A process id beyond what any kernel gives.
	 */
	private static final String NOBODY = String.valueOf(Integer.MAX_VALUE - 1);

	private final Path path;

	private final Path directory;

	PostmasterFile(Path directory, Path data) {
		this.directory = directory;
		this.path = data.resolve("postmaster.pid");
	}

	/**
	 * The server of this directory that runs.
	 */
	Optional<Entry> running() throws IOException {
		List<String> lines = read();
		if (lines.size() < 4) {
			return Optional.empty();
		}
		int port = Integer.parseInt(lines.get(3).strip());
		return process(lines).flatMap((process) -> program(process).filter(this::isOfThisDirectory)
			.map((program) -> new Entry(process.pid(), port, program)));
	}

	/**
	 * After a crash the process id may have gone to another process, or the dead process
	 * may still wait for its parent to notice. PostgreSQL takes both for a running server
	 * and refuses to start. Deleting the file would help too, but would also lose the
	 * shared memory key by which PostgreSQL notices processes of the crashed server that
	 * still write.
	 */
	void disownDeadServer() throws IOException {
		List<String> lines = read();
		Optional<ProcessHandle> process = process(lines);
		if (process.isPresent() && (isZombie(process.get()) || isForeign(process.get()))) {
			lines.set(0, NOBODY);
			Files.write(this.path, lines, StandardCharsets.ISO_8859_1);
		}
	}

	private boolean isForeign(ProcessHandle process) {
		return program(process).filter((program) -> !isOfThisDirectory(program)).isPresent();
	}

	private static boolean isZombie(ProcessHandle process) {
		Path status = Path.of("/proc", String.valueOf(process.pid()), "stat");
		try {
			// "pid (name) state …", where the name may contain anything
			String line = Files.readString(status, StandardCharsets.ISO_8859_1);
			return line.startsWith("Z", line.lastIndexOf(')') + 2);
		}
		catch (IOException ex) {
			// No /proc on this system, or the process has gone
			return false;
		}
	}

	private List<String> read() throws IOException {
		try {
			// The second line is a path, in whatever encoding
			return new ArrayList<>(Files.readAllLines(this.path, StandardCharsets.ISO_8859_1));
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
	}

	private boolean isOfThisDirectory(Path program) {
		return program.startsWith(this.directory);
	}

	private static Optional<ProcessHandle> process(List<String> lines) {
		if (lines.isEmpty() || !lines.get(0).strip().matches("[1-9][0-9]{0,9}")) {
			return Optional.empty();
		}
		return ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(ProcessHandle::isAlive);
	}

	private static Optional<Path> program(ProcessHandle process) {
		return process.info().command().map(Path::of);
	}

	/**
	 * A running server.
	 *
	 * @param pid its process id
	 * @param port the port it listens on
	 * @param program the file that it runs
	 */
	record Entry(long pid, int port, Path program) {
	}

}
