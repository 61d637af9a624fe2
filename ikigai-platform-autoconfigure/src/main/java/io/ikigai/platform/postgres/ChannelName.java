package io.ikigai.platform.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The notification channel of a queue, mailbox or topic, as the contract and the trigger
 * of plain-SQL inserts spell it: ASCII upper case lowered, every other character outside
 * {@code [a-z0-9_]} replaced by an underscore; longer than PostgreSQL's 63 bytes, the
 * first 54, an underscore, and 8 hex digits of the name's MD5. Mailboxes begin with
 * {@code mailbox_}, topics with {@code topic_}.
 */
final class ChannelName {

	private static final int LONGEST = 63;

	private ChannelName() {
	}

	static String ofQueue(String queue) {
		return of("", queue);
	}

	static String ofMailbox(String mailbox) {
		return of("mailbox_", mailbox);
	}

	static String ofTopic(String topic) {
		return of("topic_", topic);
	}

	private static String of(String prefix, String name) {
		StringBuilder channel = new StringBuilder(prefix);
		name.codePoints().forEach((c) -> {
			if (c >= 'A' && c <= 'Z') {
				channel.append((char) (c + ('a' - 'A')));
			}
			else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
				channel.append((char) c);
			}
			else {
				channel.append('_');
			}
		});
		return (channel.length() <= LONGEST) ? channel.toString()
				: channel.substring(0, 54) + '_' + md5(name).substring(0, 8);
	}

	private static String md5(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has MD5", ex);
		}
	}

}
