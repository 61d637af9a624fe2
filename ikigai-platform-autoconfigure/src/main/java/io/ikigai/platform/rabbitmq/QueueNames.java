package io.ikigai.platform.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a queue is called on the broker, where names have 255 bytes and a routing key's
 * words have no dots.
 *
 * @param word the queue's name as one word: itself, if it has up to 100 ASCII letters,
 * digits, {@code -} and {@code _}; else the beginning of it with {@code _} for what else
 * there is, {@code ~}, and half of its SHA-256
 */
record QueueNames(String word) {

	private static final int LONGEST = 100;

	private static final int BEGINNING = 40;

	static QueueNames of(String queue) {
		if (queue.matches("[A-Za-z0-9_-]{1," + LONGEST + "}")) {
			return new QueueNames(queue);
		}
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(queue.getBytes(StandardCharsets.UTF_8));
			String beginning = queue.substring(0, Math.min(queue.length(), BEGINNING))
				.replaceAll("[^A-Za-z0-9_-]", "_");
			return new QueueNames(beginning + "~" + HexFormat.of().formatHex(hash, 0, 16));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Tasks that wait for a worker. */
	String ready() {
		return "ikigai.task." + this.word;
	}

	/** Tasks that were given up. */
	String failed() {
		return "ikigai.task." + this.word + ".failed";
	}

	/** Tasks that wait for their time, on one rung of the ladder. */
	String delay(int rung) {
		return "ikigai.task." + this.word + ".delay" + rung;
	}

}
