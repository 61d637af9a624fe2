package io.ikigai.platform.influxdb;

/**
 * Text in points and in InfluxQL. In points neither the line protocol nor InfluxQL agree
 * on line breaks and backslashes, so names are kept with those percent-encoded.
 */
final class Influxql {

	private static final String HEX = "0123456789ABCDEF";

	private Influxql() {
	}

	/**
	 * Returns a name as tags and field names hold it: any text, readable as long as it is
	 * ordinary.
	 */
	static String encode(String name) {
		StringBuilder text = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			if (c < ' ' || c == '%' || c == '\\' || c == 0x7F) {
				text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
			}
			else {
				text.append(c);
			}
		}
		return text.toString();
	}

	static String decode(String name) {
		if (name.indexOf('%') < 0) {
			return name;
		}
		StringBuilder text = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			int high = (c == '%' && i + 2 < name.length()) ? HEX.indexOf(name.charAt(i + 1)) : -1;
			int low = (high >= 0) ? HEX.indexOf(name.charAt(i + 2)) : -1;
			if (low >= 0) {
				text.append((char) (high * 16 + low));
				i += 2;
			}
			else {
				text.append(c);
			}
		}
		return text.toString();
	}

	/**
	 * Returns a name of a database, field or the like, quoted.
	 */
	static String identifier(String name) {
		return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
	}

	static String string(String value) {
		return '\'' + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + '\'';
	}

	/**
	 * Returns the regular expression that finds a text, whatever its case.
	 */
	static String containing(String text) {
		StringBuilder expression = new StringBuilder("/(?i)");
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if ("\\.+*?()|[]{}^$/".indexOf(c) >= 0) {
				// By its number: InfluxQL takes a slash after any backslash for one of
				// the text
				expression.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
			}
			else {
				expression.append(c);
			}
		}
		return expression.append('/').toString();
	}

}
