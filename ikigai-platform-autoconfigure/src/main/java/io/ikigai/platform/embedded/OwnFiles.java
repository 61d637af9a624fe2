package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checks that files belong to the user of this process and that no other user may change
 * them, as PostgreSQL does with its data: programs are run from them, and the password is
 * read from them. PostgreSQL's own check says nothing in the user namespace of root.
 */
final class OwnFiles {

	private static final Set<PosixFilePermission> OTHERS_WRITE = EnumSet.of(PosixFilePermission.GROUP_WRITE,
			PosixFilePermission.OTHERS_WRITE);

	private static final Set<PosixFilePermission> OTHERS_READ = EnumSet.of(PosixFilePermission.GROUP_READ,
			PosixFilePermission.OTHERS_READ);

	private final Object user;

	private OwnFiles(Object user) {
		this.user = user;
	}

	/**
	 * Finds out who this process runs as.
	 * @param directory any directory to run a program in
	 * @return the check
	 */
	static OwnFiles ofThisUser(Path directory) throws IOException, InterruptedException {
		return new OwnFiles(Integer.parseInt(new ServerCommand(directory).userId()));
	}

	/**
	 * Requires that a directory or a file, and not a link to one, is this user's and can
	 * be changed by no other user.
	 * @param path the path
	 */
	void require(Path path) throws IOException {
		require(path, OTHERS_WRITE, "may be changed by other users");
	}

	/**
	 * Requires the same, and that no other user may read it.
	 * @param path the path
	 */
	void requireSecret(Path path) throws IOException {
		require(path);
		require(path, OTHERS_READ, "may be read by other users");
	}

	/**
	 * Asks whether a directory, and all that is in it, is this user's and can be changed
	 * by no other user.
	 * @param directory the directory
	 * @return {@code false} also if it does not exist
	 */
	boolean ownsAll(Path directory) throws IOException {
		if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		try (Stream<Path> paths = Files.walk(directory)) {
			for (Path path : (Iterable<Path>) paths::iterator) {
				if (Files.isSymbolicLink(path) ? !isWithin(directory, path) : !owns(path)) {
					return false;
				}
			}
		}
		return true;
	}

	private static boolean isWithin(Path directory, Path link) throws IOException {
		return Files.exists(link) && link.toRealPath().startsWith(directory);
	}

	private boolean owns(Path path) throws IOException {
		return isOfThisUser(path) && permitted(path, OTHERS_WRITE).isEmpty();
	}

	private boolean isOfThisUser(Path path) throws IOException {
		return this.user.equals(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
	}

	private static Set<PosixFilePermission> permitted(Path path, Set<PosixFilePermission> among) throws IOException {
		Set<PosixFilePermission> present = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
		present.retainAll(among);
		return present;
	}

	private void require(Path path, Set<PosixFilePermission> forbidden, String problem) throws IOException {
		if (!isOfThisUser(path)) {
			throw refused(path,
					"belongs to another user, %s".formatted(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName()),
					"Set ikigai.postgres.embedded.directory to a directory of this user, or run the application as its owner.");
		}
		if (!permitted(path, forbidden).isEmpty()) {
			throw refused(path, problem, "If no other user has, take the permission away: chmod go-%s '%s'"
				.formatted((forbidden == OTHERS_WRITE) ? "w" : "rwx", path));
		}
	}

	private static EmbeddedPostgresException refused(Path path, String problem, String action) {
		return new EmbeddedPostgresException(
				"The embedded PostgreSQL does not use %s, because it %s.".formatted(path, problem), action);
	}

}
