package io.ikigai.platform.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * The generated password, in a file that only its owner can read.
 */
final class PasswordFile {

	private final Path path;

	PasswordFile(Path path) {
		this.path = path;
	}

	Path path() {
		return this.path;
	}

	String read() throws IOException {
		if (!Files.exists(this.path)) {
			throw new EmbeddedPostgresException(
					"The embedded PostgreSQL has data, but its password file %s is gone.".formatted(this.path),
					"Put the file back, or set ikigai.postgres.embedded.directory to another directory to begin with an empty database.");
		}
		return Files.readString(this.path).strip();
	}

	/**
	 * Writes a new password unless there is one.
	 */
	void create() throws IOException {
		if (Files.exists(this.path)) {
			return;
		}
		byte[] random = new byte[24];
		new SecureRandom().nextBytes(random);
		byte[] password = HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII);
		Path unfinished = this.path.resolveSibling(this.path.getFileName() + ".new");
		Files.deleteIfExists(unfinished);
		try (WritableByteChannel channel = Files.newByteChannel(unfinished,
				Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
			channel.write(ByteBuffer.wrap(password));
		}
		Files.move(unfinished, this.path, StandardCopyOption.ATOMIC_MOVE);
	}

}
