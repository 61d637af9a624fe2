package io.ikigai.platform.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The server's log, as far as one start needs it: what was written since.
 */
final class ServerLog {

	private static final int LINES = 20;

	private static final int BYTES = 8192;

	private final Path path;

	private final long begin;

	ServerLog(Path path) throws IOException {
		this.path = path;
		this.begin = Files.exists(path) ? Files.size(path) : 0;
	}

	/**
	 * The last lines since this object was made.
	 */
	String tail() throws IOException {
		if (!Files.exists(this.path)) {
			return "";
		}
		try (RandomAccessFile file = new RandomAccessFile(this.path.toFile(), "r")) {
			long from = Math.max(this.begin, file.length() - BYTES);
			byte[] bytes = new byte[(int) Math.max(0, file.length() - from)];
			file.seek(from);
			file.readFully(bytes);
			List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
			return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
		}
	}

}
