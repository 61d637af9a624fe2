package io.ikigai.platform.telemetry;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.Platform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * The compatibility kit of telemetry.
 */
public abstract class TelemetryContractTests {

	private static final Duration ALL_IN_ONE = Duration.ofDays(366);

	private String type;

	/**
	 * Returns a platform whose telemetry runs on the backend under test.
	 * @return the platform, the same for all tests
	 */
	protected abstract Platform platform();

	/**
	 * Returns the store under test, to which other programs may write events with any
	 * times.
	 * @return the store of the platform
	 */
	protected abstract TelemetryStore store();

	/**
	 * Returns times that other programs may write and that are centuries away.
	 * @return the times, as far as the backend takes them
	 */
	protected List<String> absurdTimes() {
		return List.of("1700-01-01T00:00:00Z", "2261-12-31T23:59:59.999Z");
	}

	@BeforeEach
	void freshType() {
		this.type = "contract-" + UUID.randomUUID();
	}

	private Telemetry telemetry() {
		return platform().telemetry();
	}

	private TelemetryQuery ofTest() {
		return TelemetryQuery.all().withType(this.type);
	}

	private List<String> found(TelemetryQuery query) {
		telemetry().flush();
		return telemetry().query(query).stream().map(TelemetryEvent::json).toList();
	}

	private void emit(Object... payloads) {
		Stream.of(payloads).forEach((payload) -> telemetry().emit(this.type, payload));
	}

	private double value(String path, Aggregation aggregation) {
		telemetry().flush();
		List<TelemetryBucket> series = telemetry().series(ofTest(), ALL_IN_ONE, path, aggregation);
		assertThat(series).hasSize(1);
		return series.get(0).value();
	}

	@Test
	void takesTheSeriesFromNobodyForTheSakeOfAnAbsurdTimeOrValue() {
		emit(Map.of("v", 1e290), Map.of("v", 2), Map.of("v", -1e290));
		store().write(absurdTimes().stream()
			.map((time) -> new TelemetryEvent(UUID.randomUUID(), "other", this.type, "{\"v\": 2}", Instant.parse(time)))
			.toList());
		telemetry().flush();
		for (Aggregation aggregation : Aggregation.values()) {
			for (Duration bucket : List.of(Duration.ofMillis(1), Duration.ofSeconds(15), Duration.ofDays(366))) {
				List<TelemetryBucket> series = telemetry().series(ofTest(), bucket, "v", aggregation);
				assertThat(series).as(aggregation + " in steps of " + bucket).hasSizeBetween(2, 5);
				assertThat(series.stream().mapToLong(TelemetryBucket::count).sum()).isEqualTo(3 + absurdTimes().size());
			}
		}
		assertThat(telemetry().query(ofTest())).hasSize(3 + absurdTimes().size());
	}

	@Test
	void refusesAnEventThatCouldNotBeRead() {
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> emit(new BigDecimal("1e131071")));
	}

	@Test
	void tellsEverythingAboutAnEvent() {
		Instant before = Instant.now().minusSeconds(5);
		emit(Map.of("size", 3));
		telemetry().flush();
		TelemetryEvent event = telemetry().query(ofTest()).get(0);
		assertThat(event.agent()).isEqualTo(platform().agents().self().name());
		assertThat(event.type()).isEqualTo(this.type);
		assertThat(event.json()).isEqualToIgnoringWhitespace("{\"size\":3}");
		assertThat(event.createdAt()).isBetween(before, Instant.now().plusSeconds(5));
		assertThat(event.id()).isNotNull();
	}

	@Test
	void hasReadThePayloadWhenEmitReturns() {
		Map<String, Object> payload = new HashMap<>(Map.of("state", "before"));
		emit(payload);
		payload.put("state", "after");
		assertThat(found(ofTest())).singleElement().asString().contains("before");
	}

	@Test
	void showsTheNewestFirstAndNoMoreThanAskedFor() {
		emit(IntStream.range(0, 150).boxed().toArray());
		assertThat(found(ofTest())).hasSize(100).startsWith("149", "148", "147");
		assertThat(found(ofTest().withLimit(2))).containsExactly("149", "148");
		assertThat(found(ofTest().withLimit(10_000))).hasSize(150).endsWith("1", "0");
	}

	@Test
	void keepsManyEventsOfSeveralThreads() throws InterruptedException {
		List<Thread> threads = IntStream.range(0, 4)
			.mapToObj((number) -> new Thread(() -> IntStream.range(0, 500).forEach((i) -> emit(number * 500 + i))))
			.toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(found(ofTest().withLimit(10_000))).hasSize(2000).doesNotHaveDuplicates();
	}

	@Test
	void tellsWhatFailed() {
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction(() -> {
			emit("failed");
			throw new Deliberate();
		}));
		assertThat(found(ofTest())).containsExactly("\"failed\"");
	}

	@Test
	void takesNoPartInTheTransaction() {
		platform().transaction(() -> {
			emit("inside");
			assertThat(found(ofTest())).containsExactly("\"inside\"");
		});
	}

	@Test
	void filters() {
		emit(Map.of("text", "Alpha"), Map.of("text", "beta"));
		assertThat(found(ofTest().withAgent(platform().agents().self().name()))).hasSize(2);
		assertThat(found(ofTest().withAgent("nobody"))).isEmpty();
		assertThat(found(TelemetryQuery.all().withType("none"))).isEmpty();
		assertThat(found(ofTest().withText("alpha"))).singleElement().asString().contains("Alpha");
		assertThat(found(ofTest().withText("missing"))).isEmpty();
		Instant newest = telemetry().query(ofTest()).get(0).createdAt();
		Instant oldest = telemetry().query(ofTest()).get(1).createdAt();
		assertThat(found(ofTest().withFrom(oldest).withTo(newest.plusMillis(1)))).hasSize(2);
		assertThat(found(ofTest().withFrom(newest.plusMillis(1)))).isEmpty();
		assertThat(found(ofTest().withTo(oldest))).isEmpty();
		assertThat(found(ofTest().withFrom(Instant.MIN).withTo(Instant.MAX))).hasSize(2);
	}

	static Stream<String> texts() {
		return Stream.of("100%", "a_b", "back\\slash", "\\", "\"quoted\"", "line\nbreak", "tab\tstop", "\r", "\u0001",
				"漢字", "\uD83D\uDE80", "'; DROP TABLE telemetry; --", ":x ? ?? $1", "\\N", "\\.", "\\u0041", "{}");
	}

	@ParameterizedTest
	@MethodSource("texts")
	void keepsAndFindsAnyText(String text) {
		emit(Map.of("text", "<" + text + ">"), Map.of("text", "another, a1b"));
		assertThat(found(ofTest().withText(text))).hasSize(1);
		String odd = (text + this.type).substring(0, Math.min(255, (text + this.type).length()));
		telemetry().emit(odd, text);
		assertThat(found(TelemetryQuery.all().withType(odd))).hasSize(1);
	}

	@Test
	void aggregates() {
		for (int millis = 1; millis <= 100; millis++) {
			emit(Map.of("request", Map.of("millis", millis)));
		}
		emit(Map.of("request", Map.of("millis", "text")), Map.of("request", 5), "text", Map.of());
		assertThat(value("request.millis", Aggregation.SUM)).isEqualTo(5050);
		assertThat(value("request.millis", Aggregation.MIN)).isEqualTo(1);
		assertThat(value("request.millis", Aggregation.MAX)).isEqualTo(100);
		assertThat(value("request.millis", Aggregation.AVG)).isEqualTo(50.5);
		assertThat(value("request.millis", Aggregation.P50)).isCloseTo(50.5, within(1.0));
		assertThat(value("request.millis", Aggregation.P95)).isCloseTo(95, within(1.0));
		assertThat(value("request.millis", Aggregation.P99)).isCloseTo(99, within(1.0));
		assertThat(value("request.millis", Aggregation.COUNT)).isEqualTo(104);
		assertThat(value("", Aggregation.COUNT)).isEqualTo(104);
		assertThat(telemetry().series(ofTest(), ALL_IN_ONE, "request.millis", Aggregation.SUM).get(0).count())
			.isEqualTo(100);
		assertThat(telemetry().series(ofTest(), ALL_IN_ONE, "nowhere", Aggregation.SUM)).isEmpty();
		assertThat(telemetry().series(ofTest(), ALL_IN_ONE, "'); --.x", Aggregation.MAX)).isEmpty();
	}

	@Test
	void makesStepsThatBeginAtWholeMultiples() {
		emit(Map.of("n", 1.5), Map.of("n", -2));
		telemetry().flush();
		List<TelemetryBucket> series = telemetry().series(ofTest(), Duration.ofHours(1), "n", Aggregation.SUM);
		assertThat(series.stream().mapToDouble(TelemetryBucket::value).sum()).isEqualTo(-0.5);
		assertThat(series).allMatch((bucket) -> bucket.start().getEpochSecond() % 3600 == 0);
		Instant newest = telemetry().query(ofTest()).get(0).createdAt();
		assertThat(telemetry().series(ofTest(), Duration.ofMillis(1), "n", Aggregation.MAX))
			.extracting(TelemetryBucket::start)
			.isSorted()
			.allMatch((start) -> !start.isAfter(newest) && start.isAfter(newest.minusSeconds(60)));
	}

	static Stream<String> badTypes() {
		return Stream.of("", "a".repeat(256), "a\u0000b", "\uD83D");
	}

	@ParameterizedTest
	@MethodSource("badTypes")
	void refusesABadType(String bad) {
		assertThatIllegalArgumentException().isThrownBy(() -> telemetry().emit(bad, "x"))
			.withMessageContaining("event type");
		assertThatIllegalArgumentException().isThrownBy(() -> telemetry().query(TelemetryQuery.all().withType(bad)));
		assertThatIllegalArgumentException().isThrownBy(() -> telemetry().query(TelemetryQuery.all().withAgent(bad)));
	}

	@Test
	void refusesABadPayload() {
		assertThatIllegalArgumentException().isThrownBy(() -> telemetry().emit(this.type, null));
		for (Object bad : List.of("a\u0000b", "\uD800", "x".repeat(1024 * 1024))) {
			assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> emit(bad))
				.withMessageContaining("payload");
		}
		assertThat(found(ofTest())).isEmpty();
	}

	@Test
	void refusesABadQuestion() {
		for (String path : List.of("", ".", "a.", ".a", "a..b", "a\u0000b", "x".repeat(256))) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> telemetry().series(ofTest(), Duration.ofMinutes(1), path, Aggregation.SUM))
				.withMessageContaining("path");
		}
		for (Duration step : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(10),
				Duration.ofDays(367))) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> telemetry().series(ofTest(), step, "n", Aggregation.SUM))
				.withMessageContaining("step");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> telemetry().query(ofTest().withText("")));
		assertThatIllegalArgumentException().isThrownBy(() -> telemetry().query(ofTest().withText("a\u0000")));
		Instant now = Instant.now();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> telemetry().query(ofTest().withFrom(now).withTo(now.minusSeconds(1))));
		assertThat(List.of(0, -1, 10_001))
			.allSatisfy((limit) -> assertThatIllegalArgumentException().isThrownBy(() -> ofTest().withLimit(limit)));
	}

	/**
	 * Thrown by work that is meant to fail.
	 */
	private static final class Deliberate extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
