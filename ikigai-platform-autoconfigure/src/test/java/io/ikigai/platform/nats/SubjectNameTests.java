package io.ikigai.platform.nats;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SubjectNameTests {

	@ParameterizedTest
	@ValueSource(strings = { "ops-alerts", "a.b.*.>", " ", "=", "=x", "Ünï", "😀", "界界" })
	void isOneTokenAndComesBack(String name) {
		String token = SubjectName.tokenOf(name);
		assertThat(token).matches("=?[A-Za-z0-9_-]+");
		assertThat(SubjectName.nameIn("ikigai.mailbox." + token)).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ops-alerts", "A_1" })
	void isReadableWhereItCan(String name) {
		assertThat(SubjectName.tokenOf(name)).isEqualTo(name);
	}

}
