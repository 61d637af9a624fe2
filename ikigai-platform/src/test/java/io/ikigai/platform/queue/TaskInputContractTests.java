package io.ikigai.platform.queue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.TimeRange;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Names, payloads and values at and beyond their limits. What is refused is refused
 * before anything is written.
 */
public abstract class TaskInputContractTests extends TaskContract {

	private static final int LARGEST = 1024 * 1024;

	private boolean somethingMayBeWritten;

	@AfterEach
	void wroteNothing() {
		if (!this.somethingMayBeWritten) {
			assertThat(platform().queues()).doesNotContain(queue().name());
		}
	}

	static Stream<String> names() {
		return Stream.of("x", " ", "a b", "orders.new", "a*b>c", "'; DROP TABLE task_queue; --", "\"quoted\"",
				"`$1 ? ?? :x`", "back\\slash", "UPPER", "tab\tnew\nline", "漢字", "\uD83D\uDE80", "é", "e\u0301", "%s{}",
				"a".repeat(255), "漢".repeat(255), "\uD83D\uDE80".repeat(127), "\"".repeat(255), "null", "../../etc");
	}

	@ParameterizedTest
	@MethodSource("names")
	void takesAnyName(String name) {
		TaskQueue named = platform().queue(name);
		assertThat(named.name()).isEqualTo(name);
		UUID id = named.enqueue("x", TaskOptions.of().withUniqueKey(name).withHeader(name, name));
		assertThat(named.enqueue("y", TaskOptions.of().withUniqueKey(name))).isEqualTo(id);
		assertThat(platform().queues()).contains(name);
		named.pause();
		assertThat(named.claim()).isEmpty();
		named.resume();
		Task task = named.claim(Waits.LIMIT).orElseThrow();
		assertThat(task.id()).isEqualTo(id);
		assertThat(task.queue()).isEqualTo(name);
		assertThat(task.headers()).containsExactly(Map.entry(name, name));
		task.complete(name);
		assertThat(named.find(id)).map(TaskInfo::queue).contains(name);
		assertThat(named.stats().completed()).isEqualTo(1);
	}

	static Stream<String> badNames() {
		return Stream.of("", "a".repeat(256), "漢".repeat(256), "x".repeat(10 * 1024), "a\u0000b", "\uD83D", "\uDE80x");
	}

	@ParameterizedTest
	@MethodSource("badNames")
	void refusesABadName(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> platform().queue(name)).withMessageContaining("queue");
	}

	@Test
	void refusesNoPayload() {
		assertThatIllegalArgumentException().isThrownBy(() -> queue().enqueue(null));
		assertThatIllegalArgumentException().isThrownBy(() -> queue().enqueue(null, TaskOptions.of().withPriority(1)));
		assertThatIllegalArgumentException().isThrownBy(() -> queue().enqueueAll(Arrays.asList(1, null, 3)));
	}

	static Stream<Object> badPayloads() {
		// Numbers with many digits once all of them are written, what is nested too deep
		// to be read, and names too long for it
		Object deep = 1;
		for (int i = 0; i < 600; i++) {
			deep = List.of(deep);
		}
		return Stream.of(new BigDecimal("1e131071"), new BigDecimal("-1e-16000"), new BigDecimal("1.5e999999999"),
				new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE), Map.of("a", List.of(new BigDecimal("1e2000"))),
				BigInteger.TEN.pow(1200), Collections.nCopies(LARGEST / 100, new BigDecimal("1e900")), deep,
				Map.of("k".repeat(200_000), 1), "a\u0000b", "\uD800", "x\uDC00", Map.of("\u0000", 1),
				Map.of("a", List.of("\uD83D")), "x".repeat(LARGEST), "漢".repeat(LARGEST / 3), new Unwritable());
	}

	@ParameterizedTest
	@MethodSource("badPayloads")
	void refusesABadPayload(Object payload) {
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> queue().enqueue(payload))
			.withMessageContaining("payload");
		assertThatExceptionOfType(PayloadException.class)
			.isThrownBy(() -> queue().enqueue(payload, TaskOptions.of().withUniqueKey("k")));
		assertThatExceptionOfType(PayloadException.class)
			.isThrownBy(() -> queue().enqueueAll(List.of("good", payload)));
	}

	@Test
	void takesTheLargestPayload() {
		this.somethingMayBeWritten = true;
		String largest = "x".repeat(LARGEST - 2);
		queue().enqueue(largest);
		assertThat(queue().claim().orElseThrow().payload(String.class)).isEqualTo(largest);
		String characters = "漢".repeat((LARGEST - 2) / 3);
		queue().enqueue(characters);
		assertThat(queue().claim().orElseThrow().payload(String.class)).isEqualTo(characters);
	}

	@Test
	void takesAnyNumberThatCanBeRead() {
		this.somethingMayBeWritten = true;
		List<BigDecimal> numbers = List.of(new BigDecimal("1e400"), new BigDecimal("-1.25e-300"),
				new BigDecimal(Double.toString(Double.MAX_VALUE)), new BigDecimal(Double.toString(Double.MIN_VALUE)),
				new BigDecimal("12345678901234567890.123456789"), BigDecimal.valueOf(Long.MIN_VALUE));
		queue().enqueue(numbers);
		Task task = queue().claim().orElseThrow();
		List<BigDecimal> read = List.of(task.payload(BigDecimal[].class));
		for (int i = 0; i < numbers.size(); i++) {
			assertThat(read.get(i)).isEqualByComparingTo(numbers.get(i));
		}
		task.complete(numbers);
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void refusesAResultThatCouldNotBeRead() {
		this.somethingMayBeWritten = true;
		Task task = claimed("x");
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> task.complete(new BigDecimal("1e131071")));
		task.complete("a result");
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void refusesTimesOutOfRange() {
		this.somethingMayBeWritten = true;
		for (Instant time : List.of(Instant.MIN, Instant.MAX, Instant.parse("+10000-01-01T00:00:00Z"),
				Instant.parse("-0001-12-31T23:59:59Z"))) {
			assertThatIllegalArgumentException().isThrownBy(() -> TaskOptions.of().withScheduledFor(time))
				.withMessageContaining("9999-12-31");
		}
		Task task = claimed("x");
		for (Duration delay : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(365_251),
				Duration.ofSeconds(-1))) {
			assertThatIllegalArgumentException().isThrownBy(() -> TaskOptions.of().withDelay(delay))
				.withMessageContaining("365250 days");
			assertThatIllegalArgumentException().isThrownBy(() -> task.retry(delay, "no"))
				.withMessageContaining("365250 days");
		}
		UUID latest = queue().enqueue("latest", TaskOptions.of().withScheduledFor(TimeRange.LATEST));
		UUID longest = queue().enqueue("longest", TaskOptions.of().withDelay(TimeRange.LONGEST));
		UUID earliest = queue().enqueue("earliest", TaskOptions.of().withScheduledFor(TimeRange.EARLIEST));
		assertThat(state(latest)).isEqualTo(TaskState.SCHEDULED);
		assertThat(state(longest)).isEqualTo(TaskState.SCHEDULED);
		Task first = queue().claim().orElseThrow();
		assertThat(first.id()).isEqualTo(earliest);
		first.complete();
		task.retry(TimeRange.LONGEST, "much later");
		assertThat(state(task.id())).isEqualTo(TaskState.SCHEDULED);
	}

	@Test
	void changesNoDecimalThatIsReadWithoutAType() {
		this.somethingMayBeWritten = true;
		Map<String, Object> payload = Map.of("amount", new BigDecimal("12345678901234567890.12"), "all",
				List.of(new BigDecimal("1.50")));
		queue().enqueue(payload);
		assertThat(queue().claim().orElseThrow().payload(Object.class)).isEqualTo(payload);
	}

	@Test
	void takesWhatOnlyLooksBad() {
		this.somethingMayBeWritten = true;
		String text = "\\u0000 \\\\u0000 \\uD800 \uD83D\uDE80";
		queue().enqueue(text);
		assertThat(queue().claim().orElseThrow().payload(String.class)).isEqualTo(text);
	}

	@Test
	void refusesBadOptions() {
		TaskOptions options = TaskOptions.of();
		for (int priority : new int[] { -1, 10, Integer.MIN_VALUE, Integer.MAX_VALUE }) {
			assertThatIllegalArgumentException().isThrownBy(() -> options.withPriority(priority))
				.withMessageContaining("priority");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> options.withDelay(Duration.ofMillis(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withMaxAttempts(0));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withUniqueKey(""));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withUniqueKey("k".repeat(256)));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withHeader("", "v"));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withHeader("h".repeat(4097), "v"));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withHeader("h", "v".repeat(4097)));
		assertThatIllegalArgumentException().isThrownBy(() -> queue().enqueue("x", options.withUniqueKey("a\u0000")));
		assertThatIllegalArgumentException().isThrownBy(() -> queue().enqueue("x", options.withHeader("\uD800", "v")));
		assertThatIllegalArgumentException().isThrownBy(() -> queue().enqueue("x", options.withHeader("h", "\u0000")));
	}

	@Test
	void keepsOptionsAsTheyWere() {
		TaskOptions options = TaskOptions.of().withPriority(3).withHeader("a", "1");
		options.withPriority(5).withHeader("b", "2").withDelay(Duration.ofDays(1)).withUniqueKey("k");
		assertThat(options.priority()).isEqualTo(3);
		assertThat(options.headers()).containsExactly(Map.entry("a", "1"));
		assertThat(options.delay()).isNull();
		assertThat(options.uniqueKey()).isNull();
		assertThat(TaskOptions.of().priority()).isZero();
	}

	@Test
	void refusesLimitsOutOfRange() {
		for (int max : new int[] { 0, -1, 1001, Integer.MAX_VALUE }) {
			assertThatIllegalArgumentException().isThrownBy(() -> queue().claim(max)).withMessageContaining("max");
		}
		for (int limit : new int[] { 0, -1, 10_001 }) {
			assertThatIllegalArgumentException().isThrownBy(() -> queue().list(TaskState.READY, limit))
				.withMessageContaining("limit");
		}
		assertThat(queue().list(TaskState.READY, 10_000)).isEmpty();
	}

	@Test
	void refusesBadValuesAndKeepsTheClaim() {
		this.somethingMayBeWritten = true;
		Task task = claimed("x");
		for (Duration lease : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofSeconds(-5),
				Duration.ofDays(1).plusMillis(1), Duration.ofSeconds(Long.MAX_VALUE))) {
			assertThatIllegalArgumentException().isThrownBy(() -> task.extend(lease)).withMessageContaining("lease");
		}
		for (double fraction : new double[] { -0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY }) {
			assertThatIllegalArgumentException().isThrownBy(() -> task.progress(fraction, "note"))
				.withMessageContaining("fraction");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> task.retry(Duration.ofMillis(-1), "no"))
			.withMessageContaining("delay");
		task.extend(Duration.ofDays(1));
		task.extend(Duration.ofSeconds(1));
		task.complete();
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	/**
	 * A payload that JSON cannot hold.
	 */
	static final class Unwritable {

		public String getValue() {
			throw new IllegalStateException("cannot be read");
		}

	}

}
