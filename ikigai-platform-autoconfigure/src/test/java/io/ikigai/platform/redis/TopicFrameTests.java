package io.ikigai.platform.redis;

import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TopicFrameTests {

	@Test
	void readsWhatItWrote() {
		StringBuilder frame = new StringBuilder("1763895600123 ");
		UUID first = UUID.randomUUID();
		UUID second = UUID.randomUUID();
		TopicFrame.write(frame, first, "\"a b 3 \"");
		TopicFrame.write(frame, second, "\"漢😀\"");
		assertThat(TopicFrame.read("t", frame.toString())).satisfiesExactly((message) -> {
			assertThat(message.id()).isEqualTo(first.toString());
			assertThat(message.message().json()).isEqualTo("\"a b 3 \"");
			assertThat(message.message().topic()).isEqualTo("t");
			assertThat(message.message().createdAt()).hasToString("2025-11-23T11:00:00.123Z");
		}, (message) -> {
			assertThat(message.id()).isEqualTo(second.toString());
			assertThat(message.message().json()).isEqualTo("\"漢😀\"");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "hello world", "1 2", "1 id 5 abc", "1 id -3 abc", "1 id x abc", "1  " })
	void refusesWhatIsSomebodyElses(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> TopicFrame.read("t", text));
	}

}
