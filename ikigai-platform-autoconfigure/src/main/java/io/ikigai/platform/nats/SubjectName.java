package io.ikigai.platform.nats;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The names of mailboxes and topics as the last token of a subject: as they are where
 * they consist of ASCII letters, digits, {@code _} and {@code -}, else {@code =} and the
 * base64url of their UTF-8.
 */
final class SubjectName {

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

	private SubjectName() {
	}

	static String tokenOf(String name) {
		return PLAIN.matcher(name).matches() ? name
				: "=" + Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Returns the name whose token a subject ends with.
	 */
	static String nameIn(String subject) {
		String token = subject.substring(subject.lastIndexOf('.') + 1);
		return token.startsWith("=")
				? new String(Base64.getUrlDecoder().decode(token.substring(1)), StandardCharsets.UTF_8) : token;
	}

}
