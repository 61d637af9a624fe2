package io.ikigai.platform.storage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Paths into documents.
 */
class FieldPathTests {

	@Test
	void readsSteps() {
		assertThat(FieldPath.parse("a").steps()).containsExactly("a");
		assertThat(FieldPath.parse("checks.-1.it's").steps()).containsExactly("checks", "-1", "it's");
		assertThat(FieldPath.parse("a.'b.c'.d").steps()).containsExactly("a", "b.c", "d");
		assertThat(FieldPath.parse("\"b.c\"").steps()).containsExactly("b.c");
		assertThat(FieldPath.parse("'it\\'s a \"dot\".'.\"\"").steps()).containsExactly("it's a \"dot\".", "");
		assertThat(FieldPath.parse("'a\\\\'.'b\\c'").steps()).containsExactly("a\\", "b\\c");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "a.b", "a\"b", "", "a.b.", ".", "'", "\"", "\\", "'a'", "\"a.b\"", "a\\", "a.\\\"",
			"{},\u0001 \uD83D\uDE00" })
	void writesWhatItReads(String step) {
		FieldPath path = FieldPath.of("metadata", step, "x");
		assertThat(FieldPath.parse(path.toString())).isEqualTo(path);
		assertThat(FieldPath.parse(FieldPath.of(step).toString()).steps()).containsExactly(step);
	}

	@Test
	void writesEqualPathsAlike() {
		assertThat(FieldPath.parse("'a'.\"b\".'c.d'")).hasToString("a.b.\"c.d\"");
		assertThat(DocumentQuery.all().orderBy("'a'.b", true).order().get(0).path()).isEqualTo("a.b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "a.", ".a", "a..b", "'a", "'a'b", "\"a.b", "'a''b'", "a\0", "'\0'", "\uD800" })
	void refusesMalformedText(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> FieldPath.parse(text))
			.withMessageContaining("metadata.'source.file'");
	}

	@Test
	void refusesWhatIsTooLong() {
		assertThat(FieldPath.of("x".repeat(1024)).steps()).hasSize(1);
		assertThatIllegalArgumentException().isThrownBy(() -> FieldPath.of("x".repeat(1025)));
		assertThatIllegalArgumentException().isThrownBy(() -> FieldPath.of());
	}

}
