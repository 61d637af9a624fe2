package io.ikigai.platform.influxdb;

import java.util.ArrayList;
import java.util.List;

/**
 * JSON in parts that each fit into a field, which holds 64 KB of UTF-8. Each part begins
 * with the last characters of the one before, so that a text which is looked for is whole
 * in one of them.
 */
final class PayloadParts {

	/** How many characters a text that is looked for may have, as JSON. */
	static final int OVERLAP = 2000;

	private static final int BYTES = 60_000;

	private PayloadParts() {
	}

	static List<String> split(String json) {
		List<String> parts = new ArrayList<>(1);
		int start = 0;
		int end = end(json, 0);
		parts.add(json.substring(0, end));
		while (end < json.length()) {
			start = overlapStart(json, end);
			end = end(json, start);
			parts.add(json.substring(start, end));
		}
		return parts;
	}

	static String join(List<String> parts) {
		StringBuilder json = new StringBuilder(parts.get(0));
		for (String part : parts.subList(1, parts.size())) {
			json.append(part, json.length() - overlapStart(json, json.length()), part.length());
		}
		return json.toString();
	}

	private static int overlapStart(CharSequence json, int end) {
		int start = end - OVERLAP;
		return Character.isLowSurrogate(json.charAt(start)) ? start - 1 : start;
	}

	private static int end(String json, int start) {
		int bytes = 0;
		int end = start;
		while (end < json.length()) {
			int character = json.codePointAt(end);
			bytes += (character < 0x80) ? 1 : (character < 0x800) ? 2 : (character < 0x10000) ? 3 : 4;
			if (bytes > BYTES) {
				break;
			}
			end += Character.charCount(character);
		}
		return end;
	}

}
