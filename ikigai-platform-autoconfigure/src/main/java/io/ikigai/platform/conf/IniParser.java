package io.ikigai.platform.conf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads the INI syntax of {@code ikigai.conf}: sections, keys, comments and quotes. Knows
 * nothing of variables, of property names or of what the keys mean. For one file and one
 * use.
 */
final class IniParser {

	/**
	 * What errors show of a line: no more than its first word, the rest may be a secret.
	 */
	private static final Pattern FIRST_WORD = Pattern.compile("[\\p{L}\\p{N}._-]{0,24}");

	/**
	 * A forgotten '=' before a value that has one, such as a URL.
	 */
	private static final Pattern NO_KEY = Pattern.compile("[^\\[]*[:\"].*");

	/**
	 * A section header; brackets inside the name come in pairs.
	 */
	private static final Pattern HEADER = Pattern.compile("\\[((?:[^\\[\\]]++|\\[[^\\[\\]]*+])*+)]");

	private final Path file;

	private final List<IniEntry> entries = new ArrayList<>();

	private @Nullable String section;

	private int line;

	/**
	 * Create a parser.
	 * @param file the file that errors name
	 */
	IniParser(Path file) {
		this.file = file;
	}

	/**
	 * Parse the text of the file.
	 * @param text the text; a byte order mark and any line ends are accepted
	 * @return the entries in the order of the file
	 * @throws IkigaiConfException if a line is not valid
	 */
	List<IniEntry> parse(String text) {
		(text.startsWith("\uFEFF") ? text.substring(1) : text).lines().forEach(this::parseLine);
		return List.copyOf(this.entries);
	}

	private void parseLine(String text) {
		this.line++;
		String content = text.substring(0, commentStart(text, 0)).strip();
		if (content.isEmpty()) {
			return;
		}
		if (content.startsWith("[")) {
			this.section = sectionName(content);
			return;
		}
		int equals = content.contains("=") ? text.indexOf('=') : text.length();
		String key = text.substring(0, equals).strip();
		if (equals == text.length() || NO_KEY.matcher(key).matches()) {
			throw error(firstWord(content) + " is neither 'key = value' nor '[section]'",
					"Write 'key = value', or begin the line with '#' to make it a comment.");
		}
		if (key.isEmpty()) {
			throw error("there is no key before '='", "Write 'key = value'.");
		}
		if (this.section == null) {
			throw error("the key " + firstWord(key) + " stands before any section",
					"Put a line such as '[services]' or '[postgres]' above it.");
		}
		addEntry(this.section, key, text, equals + 1);
	}

	private String sectionName(String header) {
		Matcher matcher = HEADER.matcher(header);
		if (!matcher.matches() || matcher.group(1).isBlank()) {
			throw error("the section header " + firstWord(header) + " is not '[section]'",
					"Write a name between brackets and nothing after it but a comment.");
		}
		return matcher.group(1).strip();
	}

	private void addEntry(String section, String key, String text, int afterEquals) {
		int start = afterEquals;
		while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
			start++;
		}
		boolean quoted = text.startsWith("\"", start);
		String value = quoted ? quotedValue(key, text, start)
				: text.substring(afterEquals, commentStart(text, afterEquals)).strip();
		this.entries.add(new IniEntry(section, key, value, quoted, this.line, start + 1));
	}

	private String quotedValue(String key, String text, int openingQuote) {
		StringBuilder value = new StringBuilder();
		for (int i = openingQuote + 1; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character != '"') {
				value.append(character);
			}
			else if (text.startsWith("\"", i + 1)) {
				value.append('"');
				i++;
			}
			else if (text.substring(i + 1, commentStart(text, i + 1)).isBlank()) {
				return value.toString();
			}
			else {
				throw error("the value of " + firstWord(key) + " goes on after its closing double quote",
						"Only a comment may follow the closing quote, after a blank. "
								+ "A double quote inside the value is written twice (\"\").");
			}
		}
		throw error("the value of " + firstWord(key) + " begins with a double quote that is not closed on this line",
				"Close it. A double quote inside the value is written twice (\"\").");
	}

	private static int commentStart(String text, int from) {
		for (int i = from; i < text.length(); i++) {
			char character = text.charAt(i);
			if ((character == '#' || character == ';') && (i == 0 || Character.isWhitespace(text.charAt(i - 1)))) {
				return i;
			}
		}
		return text.length();
	}

	private static String firstWord(String text) {
		int start = text.startsWith("[") ? 1 : 0;
		Matcher word = FIRST_WORD.matcher(text).region(start, text.length());
		int end = word.lookingAt() ? word.end() : start;
		return "'" + text.substring(0, end) + ((end < text.length()) ? "…'" : "'");
	}

	private IkigaiConfException error(String problem, String action) {
		return new IkigaiConfException(this.file, this.line, problem, action);
	}

}
