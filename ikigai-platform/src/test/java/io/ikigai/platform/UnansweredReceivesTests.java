package io.ikigai.platform;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is remembered of receives without an answer.
 */
class UnansweredReceivesTests {

	private final UnansweredReceives receives = new UnansweredReceives();

	@Test
	void givesEachTokenOnce() {
		List<UUID> tokens = List.of(UUID.randomUUID(), UUID.randomUUID());
		this.receives.add("one", List.of(tokens.get(0)));
		this.receives.add("one", tokens);
		this.receives.add("two", List.of());
		assertThat(this.receives.take("one")).isEqualTo(tokens);
		assertThat(this.receives.take("one")).isEmpty();
		assertThat(this.receives.take("two")).isEmpty();
	}

	@Test
	void isBounded() {
		List<UUID> tokens = Stream.generate(UUID::randomUUID).limit(150).toList();
		this.receives.add("many", tokens.subList(0, 90));
		this.receives.add("many", tokens);
		assertThat(this.receives.take("many")).hasSizeBetween(90, 100).containsAll(tokens.subList(0, 90));
		for (int i = 0; i <= KnownNames.LIMIT; i++) {
			this.receives.add("mailbox-of-user-" + i, tokens);
		}
		assertThat(this.receives.take("mailbox-of-user-0")).hasSize(100);
		assertThat(this.receives.take("mailbox-of-user-" + KnownNames.LIMIT)).isEmpty();
	}

}
