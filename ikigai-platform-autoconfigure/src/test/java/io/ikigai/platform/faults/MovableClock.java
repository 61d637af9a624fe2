package io.ikigai.platform.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

import io.ikigai.platform.testing.Waits;

/**
 * The clock of another process, which may be wrong and jump while the process runs. Only
 * the time of day is: what measures how long something takes is as it was.
 */
final class MovableClock {

	private final Path library;

	private final Path offset;

	/**
	 * Creates a clock that is right so far.
	 * @param directory where its file is kept
	 * @throws IllegalStateException when this machine has no libfaketime and no way to
	 * get one
	 */
	MovableClock(Path directory) throws IOException {
		this.library = library();
		this.offset = directory.resolve("clock");
		move(Duration.ZERO);
	}

	private static Path library() throws IOException {
		Path script = Files.createTempFile("find-faketime", ".sh");
		try (InputStream text = MovableClock.class.getResourceAsStream("find-faketime.sh")) {
			Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
			Process process = new ProcessBuilder("bash", script.toString())
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (Waits.end(process) != 0 || path.isEmpty()) {
				throw new IllegalStateException("""
						There is no libfaketime. One of these is needed:
						  - a Linux whose apt is set up for Debian or Ubuntu (the package is unpacked into a folder)
						  - Linux with libfaketime (on Debian and Ubuntu: apt-get install libfaketime)""");
			}
			return Path.of(path);
		}
		finally {
			Files.delete(script);
		}
	}

	/**
	 * The environment of a process that goes by this clock.
	 */
	Map<String, String> environment() {
		return Map.of("LD_PRELOAD", this.library.toString(), "FAKETIME_TIMESTAMP_FILE", this.offset.toString(),
				// Read at each look, so that it can jump
				"FAKETIME_NO_CACHE", "1",
				// The JVM waits by the other clock
				"FAKETIME_DONT_FAKE_MONOTONIC", "1", "FAKETIME_FORCE_MONOTONIC_FIX", "0");
	}

	/**
	 * Moves the clock.
	 * @param by how far it is off from now on, against the right time
	 */
	void move(Duration by) throws IOException {
		Path next = Files.writeString(this.offset.resolveSibling("clock.next"),
				((by.isNegative()) ? "" : "+") + by.toSeconds() + "s\n");
		Files.move(next, this.offset, StandardCopyOption.ATOMIC_MOVE);
	}

}
