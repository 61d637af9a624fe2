package io.ikigai.platform;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Headers as a backend holds them. Other programs write them too, so they may be
 * anything: what is not an object of texts is a flaw of its own task or message, which
 * fails with it, and of no other.
 *
 * @param headers the headers; empty if they cannot be read
 * @param flaw why they cannot be read, or {@code null} if they can
 */
public record StoredHeaders(Map<String, String> headers, @Nullable String flaw) {

	private static final int MOST_SHOWN = 200;

	/**
	 * Copies the headers.
	 * @param headers the headers; empty if they cannot be read
	 * @param flaw why they cannot be read, or {@code null} if they can
	 */
	public StoredHeaders {
		headers = Map.copyOf(headers);
	}

	/**
	 * Reads headers.
	 * @param text their JSON, or {@code null} for none
	 * @param parser reads JSON as maps, lists, texts, numbers and booleans; what it
	 * throws becomes the flaw
	 * @return the headers or the flaw; never throws
	 */
	public static StoredHeaders read(@Nullable String text, Parser parser) {
		if (text == null) {
			return new StoredHeaders(Map.of(), null);
		}
		try {
			return of(text, parser.parse(text));
		}
		catch (Exception | StackOverflowError ex) {
			return unreadable("they cannot be read: " + ex.getMessage());
		}
	}

	private static StoredHeaders of(String text, @Nullable Object parsed) {
		if (!(parsed instanceof Map<?, ?> entries)) {
			return unreadable("they must be a JSON object of texts, not " + shown(text));
		}
		Map<String, String> headers = new LinkedHashMap<>();
		for (Map.Entry<?, ?> entry : entries.entrySet()) {
			if (!(entry.getKey() instanceof String name) || !(entry.getValue() instanceof String value)) {
				return unreadable("header '" + shown(String.valueOf(entry.getKey())) + "' must be a text, not "
						+ shown(String.valueOf(entry.getValue())));
			}
			headers.put(name, value);
		}
		return new StoredHeaders(headers, null);
	}

	private static String shown(String text) {
		return (text.length() <= MOST_SHOWN) ? text : text.substring(0, MOST_SHOWN) + "…";
	}

	private static StoredHeaders unreadable(String why) {
		return new StoredHeaders(Map.of(), "Unreadable headers: " + why);
	}

	/**
	 * Reads JSON without a type.
	 */
	@FunctionalInterface
	public interface Parser {

		/**
		 * Reads JSON.
		 * @param json the JSON
		 * @return a map, a list, a text, a number, a boolean or {@code null}
		 * @throws Exception if it is not JSON
		 */
		@Nullable Object parse(String json) throws Exception;

	}

}
