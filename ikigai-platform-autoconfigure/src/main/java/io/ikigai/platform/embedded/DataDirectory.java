package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The data of one major version of PostgreSQL, which no other version can read:
 * {@code data-17} and so on, beside each other.
 */
final class DataDirectory {

	/** What earlier versions of the platform called the only one. */
	private static final String UNNAMED = "data";

	private final Path path;

	private final PostmasterFile postmaster;

	private DataDirectory(Path home, Path path) {
		this.path = path;
		this.postmaster = new PostmasterFile(home, path);
	}

	/**
	 * Returns the data of a major version, which need not exist.
	 */
	static DataDirectory of(Path home, String majorVersion) {
		return new DataDirectory(home, home.resolve(UNNAMED + "-" + majorVersion));
	}

	/**
	 * Finds the data that a server works on now.
	 */
	static Optional<DataDirectory> running(Path home) throws IOException {
		for (DataDirectory each : all(home)) {
			if (each.postmaster.running().isPresent()) {
				return Optional.of(each);
			}
		}
		return Optional.empty();
	}

	/**
	 * Finds the data of all versions.
	 */
	static List<DataDirectory> all(Path home) throws IOException {
		List<DataDirectory> all = new ArrayList<>();
		try (DirectoryStream<Path> paths = Files.newDirectoryStream(home, "{data,data-*}")) {
			for (Path path : paths) {
				if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
					all.add(new DataDirectory(home, path));
				}
			}
		}
		return all;
	}

	/**
	 * Gives data without a version in its name the name of its version. No server may
	 * work on it.
	 */
	static void nameByVersion(Path home) throws IOException {
		Path unnamed = home.resolve(UNNAMED);
		if (!Files.exists(unnamed, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		DataDirectory named = of(home, new DataDirectory(home, unnamed).majorVersion());
		if (named.exists()) {
			throw new EmbeddedPostgresException(
					"%s and %s are both data of the same version of PostgreSQL. Nothing was changed.".formatted(unnamed,
							named.path),
					"Move the one that is not needed to another place.");
		}
		Files.move(unnamed, named.path, StandardCopyOption.ATOMIC_MOVE);
	}

	Path path() {
		return this.path;
	}

	String name() {
		return this.path.getFileName().toString();
	}

	PostmasterFile postmaster() {
		return this.postmaster;
	}

	boolean exists() {
		return Files.exists(this.path, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Reads which major version has written the data.
	 */
	String majorVersion() throws IOException {
		Path file = this.path.resolve("PG_VERSION");
		if (!Files.exists(file)) {
			throw new EmbeddedPostgresException(
					"%s exists, but is not the data directory of a PostgreSQL. Nothing was changed."
						.formatted(this.path),
					"Set ikigai.postgres.embedded.directory to another directory.");
		}
		return Files.readString(file).strip();
	}

}
