package io.ikigai.platform.listener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConcurrencyTests {

	@Test
	void readsANumberAndARange() {
		assertThat(Concurrency.parse("4")).isEqualTo(new Concurrency(0, 4)).hasToString("4");
		assertThat(Concurrency.parse(" 2 - 16 ")).isEqualTo(new Concurrency(2, 16)).hasToString("2-16");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "-1", "1001", "99999", "4-2", "2-", "1-2-3", "four" })
	void refusesAnythingElse(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Concurrency.parse(text))
			.withMessageContaining(Concurrency.ALLOWED);
	}

}
