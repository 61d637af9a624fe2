package io.ikigai.platform.caching;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The key of a region for a key of Spring's caching: the same in every process, and
 * different for keys that are not equal. A text is its own key, unless it reads like the
 * key of something else; then it is in quotes. All else is written by {@link KeyParts}.
 * What is too long or cannot be stored is replaced by its SHA-256.
 */
final class CacheKeyText {

	private static final int LONGEST = 255;

	private static final String HASHED = "sha256:";

	/** How {@link KeyParts} begins, or writes as a whole, what is no text. */
	private static final Pattern RESERVED = Pattern.compile("[\\[{(\"].*|sha256:.*|-?\\d+L?|true|false|null",
			Pattern.DOTALL);

	private CacheKeyText() {
	}

	/**
	 * Returns the key of the region.
	 * @param key the key of Spring's caching
	 * @throws IllegalArgumentException if the key, or a part of it, is of a type that
	 * cannot be told apart by what it holds
	 */
	static String of(Object key) {
		String written = (key instanceof String text && !RESERVED.matcher(text).matches()) ? text : KeyParts.write(key);
		if (written.isEmpty() || written.length() > LONGEST || written.indexOf('\0') >= 0
				|| !StandardCharsets.UTF_8.newEncoder().canEncode(written)) {
			return HASHED + sha256(written);
		}
		return written;
	}

	private static String sha256(String text) {
		try {
			// The bare characters: an encoding replaces what it does not know.
			ByteBuffer characters = ByteBuffer.allocate(text.length() * Character.BYTES);
			characters.asCharBuffer().put(text);
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(characters.array()));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

}
