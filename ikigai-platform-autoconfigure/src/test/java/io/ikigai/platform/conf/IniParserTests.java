package io.ikigai.platform.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IniParser}.
 */
class IniParserTests {

	private static final Path FILE = Path.of("/somewhere/ikigai.conf");

	@ParameterizedTest
	@MethodSource("values")
	void readsValue(String line, String key, String value) {
		List<IniEntry> entries = parse("[s]\n" + line);
		assertThat(entries).singleElement().satisfies((entry) -> {
			assertThat(entry.section()).isEqualTo("s");
			assertThat(entry.key()).isEqualTo(key);
			assertThat(entry.value()).isEqualTo(value);
			assertThat(entry.line()).isEqualTo(2);
		});
	}

	static Stream<Arguments> values() {
		return Stream.of(Arguments.of("a=b", "a", "b"), Arguments.of("  a  =  b  ", "a", "b"),
				Arguments.of("\ta\t=\tb\t", "a", "b"), Arguments.of("a =", "a", ""), Arguments.of("a = # c", "a", ""),
				Arguments.of("a = b # c", "a", "b"), Arguments.of("a = b ; c", "a", "b"),
				Arguments.of("a = b\t#c", "a", "b"), Arguments.of("a = b#c", "a", "b#c"),
				Arguments.of("a = b;c", "a", "b;c"), Arguments.of("a =#b", "a", "#b"),
				Arguments.of("url = http://x/#frag", "url", "http://x/#frag"),
				Arguments.of("url = http://x/?a=b&c=d", "url", "http://x/?a=b&c=d"),
				Arguments.of("embedded.port = 54329", "embedded.port", "54329"),
				Arguments.of("a = b c  d", "a", "b c  d"), Arguments.of("a = x \"y\" # z", "a", "x \"y\""),
				Arguments.of("a = 'b'", "a", "'b'"), Arguments.of("a = [b]", "a", "[b]"),
				Arguments.of("a = C:\\temp\\new", "a", "C:\\temp\\new"),
				Arguments.of("a = \"b # c ; d\"", "a", "b # c ; d"), Arguments.of("a = \"b\" # c", "a", "b"),
				Arguments.of("a = \"b\" ; \"c\"", "a", "b"), Arguments.of("a = \"  b  \"  ", "a", "  b  "),
				Arguments.of("a = \"\"", "a", ""), Arguments.of("a = \"${HOME}\"", "a", "${HOME}"),
				Arguments.of("a = \"say \"\"hi\"\"\"", "a", "say \"hi\""), Arguments.of("a = \"\"\"\"", "a", "\""),
				Arguments.of("a = \"b\\\"", "a", "b\\"), Arguments.of("a=\"# b\"", "a", "# b"),
				Arguments.of("größe = zwölf", "größe", "zwölf"), Arguments.of("a b = c", "a b", "c"),
				Arguments.of("topics[a:b] = c", "topics[a:b]", "c"));
	}

	@Test
	void tellsQuotedFromUnquoted() {
		assertThat(parse("[s]\na = \"b\"\nc = d")).extracting(IniEntry::quoted).containsExactly(true, false);
	}

	@Test
	void readsSectionsAndSkipsCommentsAndBlankLines() {
		assertThat(names("""
				# head
				; head

				[ services ] # comment
				queues = postgres
				  # [other]
				#cache = redis
				[storage.collections] ; comment
				notes.language = german
				[empty]
				[services]
				cache = redis
				[named [x]]
				a = 1
				""")).isEqualTo(
				"services/queues@5:10 storage.collections/notes.language@9:18 services/cache@12:9 named [x]/a@14:5");
	}

	@Test
	void toleratesByteOrderMarkAndAllLineEnds() {
		assertThat(names("\uFEFF[s]\r\na = 1\r\n\rb = 2\nc = 3")).isEqualTo("s/a@2:5 s/b@4:5 s/c@5:5");
	}

	@Test
	void readsLongLines() {
		String name = "n".repeat(100_000);
		assertThat(parse("[" + name + "]\n" + name + " = " + name + "\nb = \"" + name + "\"")).hasSize(2);
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> parse("[" + name))
			.satisfies((ex) -> assertThat(ex.getDescription()).hasSizeLessThan(200));
	}

	@Test
	void readsNothingFromEmptyText() {
		assertThat(parse("")).isEmpty();
		assertThat(parse("\n# nothing\n")).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("badLines")
	void refusesBadLine(String text, int line, String problem) {
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> parse(text)).satisfies((ex) -> {
			assertThat(ex.getDescription()).startsWith(FILE + ", line " + line + ": ").contains(problem);
			assertThat(ex.getAction()).isNotEmpty();
			assertThat(ex).hasMessageContaining(ex.getDescription())
				.hasMessageContaining(ex.getAction())
				.message()
				.doesNotContain("hunter2");
		});
	}

	static Stream<Arguments> badLines() {
		return Stream.of(Arguments.of("a = 1", 1, "the key 'a' stands before any section"),
				Arguments.of("# x\n\nurl = hunter2", 3, "the key 'url' stands before any section"),
				Arguments.of("[s]\nfoo", 2, "'foo' is neither 'key = value' nor '[section]'"),
				Arguments.of("[s]\nfoo # a = b", 2, "'foo' is neither"),
				Arguments.of("[s]\r\na = 1\r\npassword: hunter2", 3, "'password…' is neither"),
				Arguments.of("[s]\npassword hunter2", 2, "'password…' is neither"),
				Arguments.of("[s]\npassword: hunter2=", 2, "'password…' is neither"),
				Arguments.of("[s]\nurl postgresql://me:hunter2@host/db?a=b", 2, "'url…' is neither"),
				Arguments.of("[s]\n\"password = hunter2", 2, "'…' is neither"),
				Arguments.of("[s]\n= 1", 2, "there is no key before '='"),
				Arguments.of("[]", 1, "the section header '[…' is not '[section]'"),
				Arguments.of("[  ] # c", 1, "the section header '[…' is not '[section]'"),
				Arguments.of("[s", 1, "the section header '[s' is not '[section]'"),
				Arguments.of("[s # c]", 1, "the section header '[s' is not '[section]'"),
				Arguments.of("[s] password = hunter2", 1, "the section header '[s…' is not '[section]'"),
				Arguments.of("[s] url = redis://me:hunter2@[::1]", 1, "the section header '[s…' is not '[section]'"),
				Arguments.of("[s]]", 1, "the section header '[s…' is not '[section]'"),
				Arguments.of("[s]\na = \"hunter2", 2, "the value of 'a' begins with a double quote that is not closed"),
				Arguments.of("[s]\na = \"hunter2\"\"", 2, "begins with a double quote that is not closed"),
				Arguments.of("[s]\na = \"", 2, "begins with a double quote that is not closed"),
				Arguments.of("[s]\na = \"b\" hunter2", 2, "the value of 'a' goes on after its closing double quote"),
				Arguments.of("[s]\na = \"b\"# c", 2, "the value of 'a' goes on after its closing double quote"));
	}

	private static List<IniEntry> parse(String text) {
		return new IniParser(FILE).parse(text);
	}

	private static String names(String text) {
		return parse(text).stream()
			.map((entry) -> entry.section() + "/" + entry.key() + "@" + entry.line() + ":" + entry.column())
			.collect(Collectors.joining(" "));
	}

}
