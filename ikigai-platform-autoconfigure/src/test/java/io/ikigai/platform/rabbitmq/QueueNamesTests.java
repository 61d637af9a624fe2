package io.ikigai.platform.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QueueNamesTests {

	@Test
	void leavesPlainNamesAsTheyAre() {
		assertThat(QueueNames.of("monitoring-tasks").ready()).isEqualTo("ikigai.task.monitoring-tasks");
		assertThat(QueueNames.of("monitoring-tasks").failed()).isEqualTo("ikigai.task.monitoring-tasks.failed");
	}

	@Test
	void makesOneWordOfAnyName() {
		assertThat(Stream.of("a.b", "a b", "a*b", "a#b", "漢".repeat(255), "x".repeat(101), "", "~", "a~b")
			.map((name) -> QueueNames.of(name).word())
			.toList()).doesNotHaveDuplicates()
			.allSatisfy((word) -> assertThat(word).matches("[A-Za-z0-9_-]*~[0-9a-f]{32}"));
	}

	@Test
	void staysWithinWhatTheBrokerTakes() {
		String key = DelayLadder.routingKey(Long.MAX_VALUE, QueueNames.of("x".repeat(100)));
		assertThat(key.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(255);
		assertThat(QueueNames.of("漢".repeat(255)).delay(15).getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(255);
	}

	@Test
	void saysOnWhichRungsATaskWaits() {
		assertThat(DelayLadder.routingKey(1, QueueNames.of("q"))).isEqualTo("0.".repeat(15) + "1.q");
		assertThat(DelayLadder.routingKey(50, QueueNames.of("q"))).isEqualTo("0.".repeat(15) + "1.q");
		assertThat(DelayLadder.routingKey(251, QueueNames.of("q"))).isEqualTo("0.".repeat(13) + "1.1.0.q");
		assertThat(DelayLadder.routingKey(DelayLadder.LONGEST_MILLIS + 1, QueueNames.of("q")))
			.isEqualTo("1.".repeat(16) + "q");
	}

}
