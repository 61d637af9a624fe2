package io.ikigai.platform;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is remembered of names is bounded, however many there are.
 */
class KnownNamesTests {

	@Test
	void remembersNames() {
		KnownNames names = new KnownNames();
		names.add("one");
		assertThat(names.contains("one")).isTrue();
		assertThat(names.contains("two")).isFalse();
		names.clear();
		assertThat(names.contains("one")).isFalse();
	}

	@Test
	void remembersNoMoreThanTheLimit() {
		KnownNames names = new KnownNames();
		for (int i = 0; i < 5 * KnownNames.LIMIT; i++) {
			names.add("queue-of-user-" + i);
			assertThat(names.contains("queue-of-user-" + i)).isTrue();
			assertThat(names.size()).isLessThanOrEqualTo(KnownNames.LIMIT);
		}
	}

}
