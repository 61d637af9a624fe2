package io.ikigai.platform.runtime;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON that can be stored and read again, on every backend. PostgreSQL's jsonb writes all
 * the digits of a number, so that nine bytes become 131,072; and what the mapper refuses
 * to read (deep nesting, long names, long numbers) must not be written.
 */
final class StorableJson {

	private static final int LARGEST_EXPONENT_DIGITS = 9;

	private StorableJson() {
	}

	/**
	 * Checks JSON.
	 * @param mapper what will read it
	 * @param json the JSON
	 * @return by how many characters it grows when its numbers are written with all their
	 * digits
	 * @throws Flaw if it cannot be read again
	 */
	static long growth(JsonMapper mapper, String json) throws Flaw {
		int longest = mapper.tokenStreamFactory().streamReadConstraints().getMaxNumberLength();
		long growth = 0;
		try (JsonParser parser = mapper.createParser(json)) {
			int depth = 0;
			for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
				if (token.isNumeric()) {
					growth += growth(parser.getString(), longest);
				}
				else if (token == JsonToken.VALUE_STRING) {
					// Reads it to its end, within the mapper's limit
					parser.getStringLength();
				}
				depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
				if (depth == 0 && parser.nextToken() != null) {
					throw new Flaw("is more than one JSON value", null);
				}
			}
			return growth;
		}
		catch (JacksonException ex) {
			throw new Flaw("could not be read again: " + ex.getOriginalMessage(), ex);
		}
	}

	private static long growth(String number, int longest) throws Flaw {
		long length = lengthOf(number);
		if (length > longest) {
			throw new Flaw("holds a number that has more than " + longest + " digits when it is written with all of "
					+ "them; send it as a text", null);
		}
		return Math.max(0, length - number.length());
	}

	private static long lengthOf(String number) {
		int exponentAt = Math.max(number.indexOf('e'), number.indexOf('E'));
		if (exponentAt < 0) {
			return number.length();
		}
		String digits = number.substring(exponentAt + 1);
		if (digits.length() > LARGEST_EXPONENT_DIGITS) {
			return Long.MAX_VALUE;
		}
		long exponent = Long.parseLong(digits);
		int sign = number.startsWith("-") ? 1 : 0;
		int point = number.indexOf('.');
		long whole = ((point >= 0) ? point : exponentAt) - sign;
		long fraction = (point >= 0) ? exponentAt - point - 1 : 0;
		long fractionLeft = Math.max(0, fraction - exponent);
		return sign + Math.max(1, whole + exponent) + ((fractionLeft > 0) ? 1 + fractionLeft : 0);
	}

	/**
	 * Why JSON cannot be stored and read again.
	 */
	static final class Flaw extends Exception {

		private static final long serialVersionUID = 1L;

		Flaw(String message, @Nullable Throwable cause) {
			super(message, cause);
		}

	}

}
