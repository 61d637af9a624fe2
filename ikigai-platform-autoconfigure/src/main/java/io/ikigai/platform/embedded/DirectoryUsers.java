package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Counts who uses one directory. Each JVM holds a shared lock on {@code users.lock} while
 * it has a handle; the operating system frees the lock of a JVM that was killed. Starting
 * and stopping happen under an exclusive lock on {@code start.lock}. File locks belong to
 * the JVM and are lost when any channel of it to that file is closed, hence one instance
 * per directory and one channel each.
 */
final class DirectoryUsers {

	private static final Map<Path, DirectoryUsers> byDirectory = new ConcurrentHashMap<>();

	/**
	 * Longer than a cold start on a slow machine.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private final Path directory;

	private int count;

	private @Nullable FileChannel usersChannel;

	private DirectoryUsers(Path directory) {
		this.directory = directory;
	}

	static DirectoryUsers of(Path realDirectory) {
		return byDirectory.computeIfAbsent(realDirectory, DirectoryUsers::new);
	}

	/**
	 * Counts a user in, and does what makes the server run.
	 */
	synchronized <T> T join(Start<T> start) {
		return start(() -> {
			if (this.count == 0) {
				this.usersChannel = lockAsUser();
			}
			try {
				T result = start.ensureRunning();
				this.count++;
				return result;
			}
			finally {
				closeIfUnused();
			}
		});
	}

	/**
	 * Does what makes the server run again, if somebody here still uses it.
	 */
	synchronized <T> Optional<T> keep(Start<T> start) {
		return (this.count > 0) ? Optional.of(start(start)) : Optional.empty();
	}

	private <T> T start(Start<T> start) {
		try (FileChannel guard = lockForStart()) {
			return start.ensureRunning();
		}
		catch (IOException ex) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL in %s could not be started (%s).".formatted(this.directory, ex),
					"Check the permissions and the free space of that directory, which "
							+ "ikigai.postgres.embedded.directory sets.",
					ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EmbeddedPostgresException(
					"Interrupted while the embedded PostgreSQL in %s was starting.".formatted(this.directory),
					"Start again.", ex);
		}
	}

	/**
	 * Counts a user out, and stops the server if nobody is left, here or in another JVM.
	 */
	synchronized void leave(Stop stop) {
		this.count--;
		try {
			try (FileChannel guard = lockForStart()) {
				if (this.count == 0 && lastOfAll()) {
					stop.stop();
				}
			}
			finally {
				closeIfUnused();
			}
		}
		catch (IOException ex) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL in %s could not be stopped (%s).".formatted(this.directory, ex),
					"The next application to use and close it stops it.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EmbeddedPostgresException(
					"Interrupted while the embedded PostgreSQL in %s was stopping.".formatted(this.directory),
					"The next application to use and close it stops it.", ex);
		}
	}

	private boolean lastOfAll() throws IOException {
		FileChannel channel = this.usersChannel;
		if (channel == null) {
			return false;
		}
		// The JVM would take its own shared lock for another worker's
		channel.close();
		this.usersChannel = open("users.lock");
		return tryLock(this.usersChannel);
	}

	private static boolean tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			// Held by another class loader of this JVM
			return false;
		}
	}

	private void closeIfUnused() throws IOException {
		FileChannel channel = this.usersChannel;
		if (this.count == 0 && channel != null) {
			this.usersChannel = null;
			channel.close();
		}
	}

	private FileChannel lockAsUser() throws IOException {
		FileChannel channel = open("users.lock");
		try {
			FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
			if (lock == null) {
				throw new IOException("users.lock is locked by a process that is not starting or stopping the server");
			}
			return channel;
		}
		catch (OverlappingFileLockException ex) {
			channel.close();
			throw new EmbeddedPostgresException(
					"Another class loader of this JVM uses the embedded PostgreSQL in %s.".formatted(this.directory),
					"Put the platform on a class path that both share, or set ikigai.postgres.embedded.directory "
							+ "to another directory for one of them.",
					ex);
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
	}

	private FileChannel lockForStart() throws IOException, InterruptedException {
		FileChannel channel = open("start.lock");
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		try {
			while (!tryLock(channel)) {
				if (System.nanoTime() > deadline) {
					throw new EmbeddedPostgresException(
							"Another process has been starting or stopping the embedded PostgreSQL in %s for %d seconds."
								.formatted(this.directory, PATIENCE.toSeconds()),
							"Look for a stopped or hanging application that holds %s."
								.formatted(this.directory.resolve("start.lock")));
				}
				TimeUnit.MILLISECONDS.sleep(20);
			}
			return channel;
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	private FileChannel open(String name) throws IOException {
		return FileChannel.open(this.directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE);
	}

	/**
	 * Makes the server run.
	 *
	 * @param <T> what is known about it then
	 */
	interface Start<T> {

		T ensureRunning() throws IOException, InterruptedException;

	}

	/**
	 * Stops the server.
	 */
	interface Stop {

		void stop() throws IOException, InterruptedException;

	}

}
