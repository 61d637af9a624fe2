package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStore;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The buffer and its thread, over stores that hang, fail and refuse.
 */
class RuntimeTelemetryTests {

	private static final PayloadJson json = new PayloadJson(JsonMapper.shared(), 1024 * 1024);

	private final List<TelemetryEvent> kept = Collections.synchronizedList(new ArrayList<>());

	private RuntimeTelemetry telemetry(int size, long bytes, Writing writing) {
		RuntimeTelemetry telemetry = new RuntimeTelemetry(writing, json, "agent", size, bytes);
		telemetry.start();
		return telemetry;
	}

	private List<String> keptOf(String type) {
		return List.copyOf(this.kept)
			.stream()
			.filter((event) -> event.type().equals(type))
			.map(TelemetryEvent::json)
			.toList();
	}

	@Test
	void emitsOnWhileTheStoreHangs() {
		CountDownLatch hanging = new CountDownLatch(1);
		try (RuntimeTelemetry telemetry = telemetry(100, Long.MAX_VALUE, (events) -> {
			hanging.await();
			this.kept.addAll(events);
		})) {
			IntStream.range(0, 250).forEach((i) -> telemetry.emit("x", i));
			assertThat(telemetry.buffered()).isEqualTo(100);
			assertThat(telemetry.dropped()).isEqualTo(150);
			hanging.countDown();
			await().until(() -> keptOf("telemetry_dropped"), (events) -> !events.isEmpty());
			assertThat(keptOf("x")).hasSize(100).startsWith("0").endsWith("99");
			assertThat(keptOf("telemetry_dropped")).containsExactly("{\"dropped\":150,\"total\":150}");
			assertThat(telemetry.written()).isEqualTo(101);
			assertThat(telemetry.buffered()).isZero();
		}
	}

	@Test
	void boundsTheBytesToo() {
		CountDownLatch hanging = new CountDownLatch(1);
		try (RuntimeTelemetry telemetry = telemetry(1000, 100_000, (events) -> hanging.await())) {
			IntStream.range(0, 10).forEach((i) -> telemetry.emit("x", "y".repeat(10_000)));
			assertThat(telemetry.buffered()).isEqualTo(4);
			telemetry.emit("x", "small");
			assertThat(telemetry.buffered()).isEqualTo(5);
			assertThat(telemetry.dropped()).isEqualTo(6);
			hanging.countDown();
		}
	}

	@Test
	void triesAgainUntilItIsWritten() {
		List<Integer> tries = Collections.synchronizedList(new ArrayList<>());
		try (RuntimeTelemetry telemetry = telemetry(100, Long.MAX_VALUE, (events) -> {
			tries.add(events.size());
			if (tries.size() < 4) {
				throw new QueryTimeoutException("away");
			}
			this.kept.addAll(events);
		})) {
			telemetry.emit("x", 1);
			telemetry.flush();
			assertThat(keptOf("x")).containsExactly("1");
			assertThat(tries).hasSize(4);
			assertThat(telemetry.dropped()).isZero();
		}
	}

	@Test
	void dropsOnlyWhatIsRefused() {
		try (RuntimeTelemetry telemetry = telemetry(100, Long.MAX_VALUE, (events) -> {
			if (events.stream().anyMatch((event) -> event.json().equals("13"))) {
				throw new DataIntegrityViolationException("unlucky");
			}
			this.kept.addAll(events);
		})) {
			IntStream.range(0, 50).forEach((i) -> telemetry.emit("x", i));
			telemetry.flush();
			assertThat(keptOf("x")).hasSize(49).doesNotContain("13").startsWith("0", "1").endsWith("48", "49");
			assertThat(telemetry.dropped()).isEqualTo(1);
		}
	}

	@Test
	void flushesWithoutWaitingForMore() {
		Writing writing = this.kept::addAll;
		try (RuntimeTelemetry telemetry = new RuntimeTelemetry(writing, json, "agent", 5000, Long.MAX_VALUE,
				Duration.ofHours(1))) {
			telemetry.start();
			for (int i = 0; i < 20; i++) {
				telemetry.emit("x", i);
				telemetry.flush();
				assertThat(keptOf("x")).hasSize(i + 1);
			}
			IntStream.range(0, 3500).forEach((i) -> telemetry.emit("y", i));
			telemetry.flush();
			assertThat(keptOf("y")).hasSize(3500).startsWith("0").endsWith("3499");
		}
	}

	@Test
	void countsWhatComesTooLate() {
		RuntimeTelemetry telemetry = telemetry(10, Long.MAX_VALUE, this.kept::addAll);
		telemetry.emit("x", 1);
		telemetry.close();
		telemetry.emit("x", 2);
		assertThat(keptOf("x")).containsExactly("1");
		assertThat(telemetry.dropped()).isEqualTo(1);
	}

	/**
	 * A store that only writes.
	 */
	@FunctionalInterface
	private interface Writing extends TelemetryStore {

		void accept(List<TelemetryEvent> events) throws Exception;

		@Override
		default void write(List<TelemetryEvent> events) {
			try {
				accept(List.copyOf(events));
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		default List<TelemetryEvent> query(TelemetryQuery query) {
			throw new UnsupportedOperationException();
		}

		@Override
		default List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath,
				Aggregation aggregation, int limit) {
			throw new UnsupportedOperationException();
		}

	}

}
