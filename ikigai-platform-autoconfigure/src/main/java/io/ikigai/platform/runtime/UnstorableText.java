package io.ikigai.platform.runtime;

/**
 * Text that no backend is asked to store, because PostgreSQL's jsonb cannot: NUL and half
 * surrogate pairs. Refused everywhere, so that a move to another backend changes nothing.
 */
final class UnstorableText {

	static final String WHAT = "NUL or half of a surrogate pair";

	private UnstorableText() {
	}

	/**
	 * Returns the position of the first flaw, or -1.
	 */
	static int find(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == 0 || Character.isLowSurrogate(c)) {
				return i;
			}
			if (Character.isHighSurrogate(c)) {
				if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
					return i;
				}
				i++;
			}
		}
		return -1;
	}

	/**
	 * Returns the position of the first flaw in JSON, where it may also be written as an
	 * escape, or -1.
	 */
	static int findInJson(String json) {
		int flaw = find(json);
		for (int i = json.indexOf('\\'); flaw < 0 && i >= 0; i = json.indexOf('\\', i + 2)) {
			if (json.charAt(i + 1) == 'u') {
				char c = escaped(json, i);
				boolean pair = Character.isHighSurrogate(c) && json.startsWith("\\u", i + 6)
						&& Character.isLowSurrogate(escaped(json, i + 6));
				if (c == 0 || (Character.isSurrogate(c) && !pair)) {
					flaw = i;
				}
				i += pair ? 10 : 4;
			}
		}
		return flaw;
	}

	private static char escaped(String json, int backslash) {
		return (char) Integer.parseInt(json, backslash + 2, backslash + 6, 16);
	}

	/**
	 * Returns text that can be stored: for errors, which must be told whatever they hold.
	 */
	static String replaceIn(String text) {
		if (find(text) < 0) {
			return text;
		}
		StringBuilder replaced = new StringBuilder(text);
		for (int i = find(replaced); i >= 0; i = find(replaced)) {
			replaced.setCharAt(i, '\uFFFD');
		}
		return replaced.toString();
	}

}
