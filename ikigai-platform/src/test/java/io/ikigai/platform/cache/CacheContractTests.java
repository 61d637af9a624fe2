package io.ikigai.platform.cache;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.TypeRef;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Values that are kept, read, expire and are counted.
 */
public abstract class CacheContractTests extends CacheContract {

	private static final Duration SHORT = Duration.ofMillis(300);

	@Test
	void keepsAndReplacesAndDeletes() {
		assertThat(cache().get("k", Price.class)).isEmpty();
		cache().set("k", new Price("a", 1.5));
		assertThat(elsewhere().get("k", Price.class)).contains(new Price("a", 1.5));
		elsewhere().set("k", new Price("b", 2), LONG);
		assertThat(cache().get("k", Price.class)).contains(new Price("b", 2));
		assertThat(cache().delete("k")).isTrue();
		assertThat(elsewhere().get("k", Price.class)).isEmpty();
		assertThat(elsewhere().delete("k")).isFalse();
	}

	@Test
	void readsGenericTypes() {
		cache().set("k", List.of(new Price("a", 1)));
		TypeRef<List<Price>> prices = new TypeRef<>() {
		};
		assertThat(cache().get("k", prices)).contains(List.of(new Price("a", 1)));
		assertThat(cache().getAll(List.of("k"), prices)).containsEntry("k", List.of(new Price("a", 1)));
		assertThat(cache().get("l", prices, LONG, () -> List.of(new Price("b", 2)))).containsExactly(new Price("b", 2));
	}

	@Test
	void changesNoDecimalThatIsReadWithoutAType() {
		Map<String, Object> value = Map.of("amount", new BigDecimal("12345678901234567890.12"), "all",
				List.of(new BigDecimal("1.50")));
		cache().set("k", value);
		assertThat(elsewhere().get("k", Object.class)).contains(value);
		assertThat(elsewhere().getAll(List.of("k"), Map.class)).containsEntry("k", value);
	}

	@Test
	void keepsRegionsApart() {
		cache().set("k", 1);
		assertThat(platform().cache("another region").get("k", Integer.class)).isEmpty();
		platform().cache().set("contract", 2);
		assertThat(other().cache("default").get("contract", Integer.class)).contains(2);
		platform().cache().delete("contract");
	}

	@Test
	void readsManyAtOnce() {
		cache().set("a", 1);
		cache().set("b", 2, LONG);
		cache().set("gone", 3, Duration.ofMillis(1));
		await().until(() -> cache().get("gone", Integer.class).isEmpty());
		assertThat(cache().getAll(List.of("b", "a", "gone", "none", "a"), Integer.class))
			.isEqualTo(Map.of("a", 1, "b", 2));
		assertThat(cache().getAll(List.of(), Integer.class)).isEmpty();
		List<String> many = IntStream.range(0, 5000).mapToObj(Integer::toString).toList();
		assertThat(cache().getAll(many, Integer.class)).isEmpty();
	}

	@Test
	void neverReturnsWhatHasExpired() {
		cache().set("k", 1, SHORT);
		assertThat(cache().get("k", Integer.class)).contains(1);
		await().until(() -> cache().get("k", Integer.class).isEmpty());
		assertThat(cache().delete("k")).isFalse();
		cache().set("k", 2, Duration.ofMillis(1));
		cache().set("k", 3);
		cache().set("l", 4, Duration.ofSeconds(Long.MAX_VALUE));
		assertThat(cache().get("k", Integer.class)).contains(3);
		assertThat(cache().get("l", Integer.class)).contains(4);
	}

	@Test
	void setsOnlyWhatIsAbsent() {
		assertThat(cache().setIfAbsent("k", 1, SHORT)).isTrue();
		assertThat(elsewhere().setIfAbsent("k", 2, LONG)).isFalse();
		await().until(() -> elsewhere().setIfAbsent("k", 3, LONG));
		assertThat(cache().get("k", Integer.class)).contains(3);
		cache().set("forever", 1);
		assertThat(cache().setIfAbsent("forever", 2, LONG)).isFalse();
	}

	@Test
	void letsOneOfManySetWhatIsAbsent() {
		List<CompletableFuture<Boolean>> set = IntStream.range(0, 16)
			.mapToObj((i) -> async(() -> ((i % 2 == 0) ? cache() : elsewhere()).setIfAbsent("k", i, LONG)))
			.toList();
		assertThat(set.stream().map(CompletableFuture::join).filter(Boolean::booleanValue)).hasSize(1);
	}

	@Test
	void countsFromManyThreads() {
		List<CompletableFuture<Long>> sums = IntStream.range(0, 100)
			.mapToObj((i) -> async(() -> ((i % 2 == 0) ? cache() : elsewhere()).increment("k", 2)))
			.toList();
		assertThat(sums.stream().map(CompletableFuture::join)).doesNotHaveDuplicates().contains(2L, 200L);
		assertThat(cache().increment("k", -200)).isZero();
		assertThat(cache().get("k", Long.class)).contains(0L);
	}

	@Test
	void setsTheTimeToLiveOfANumberWhenItIsNew() {
		assertThat(cache().increment("k", 1, SHORT)).isEqualTo(1);
		assertThat(cache().increment("k", 1, LONG)).isEqualTo(2);
		await().until(() -> cache().get("k", Long.class).isEmpty());
		assertThat(cache().increment("k", 5, LONG)).isEqualTo(5);
		assertThat(cache().increment("k", 5, Duration.ofMillis(1))).isEqualTo(10);
		assertThat(cache().increment("k", 5)).isEqualTo(15);
		cache().set("set", 7);
		assertThat(cache().increment("set", 1, Duration.ofMillis(1))).isEqualTo(8);
		assertThat(cache().increment("set", 1)).isEqualTo(9);
	}

	@Test
	void refusesToCountWhatIsNoNumber() {
		for (Object value : List.of("7", 1.5, List.of(1), Map.of("a", 1), true, Long.MAX_VALUE)) {
			cache().set("k", value);
			assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> cache().increment("k", 1))
				.withMessageContaining("'k'");
			platform().transaction(() -> {
				assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> cache().increment("k", 1));
				cache().set("after", value);
			});
			assertThat(cache().get("after", Object.class)).isPresent();
		}
		assertThat(cache().get("k", Long.class)).contains(Long.MAX_VALUE);
	}

	@Test
	void clearsItsRegionOnly() {
		cache().set("a", 1);
		cache().set("b", 2);
		platform().cache("beside").set("a", 3, LONG);
		elsewhere().clear();
		assertThat(cache().getAll(List.of("a", "b"), Integer.class)).isEmpty();
		assertThat(platform().cache("beside").get("a", Integer.class)).contains(3);
	}

	@Test
	void takesAnyUnicodeKey() {
		Stream.of("x".repeat(255), "鍵".repeat(255), "a.b*c > d:{e}", " ", "%s", "😀").forEach((key) -> {
			cache().set(key, key);
			assertThat(elsewhere().getAll(List.of(key), String.class)).containsEntry(key, key);
		});
		platform().cache("域".repeat(255)).set("k", 1, LONG);
		assertThat(other().cache("域".repeat(255)).get("k", Integer.class)).contains(1);
	}

	@Test
	void refusesKeysThatAreNone() {
		for (String key : List.of("", "x".repeat(256), "a\0b", "\uD800")) {
			List<Runnable> calls = List.of(() -> cache().get(key, String.class),
					() -> cache().getAll(List.of("a", key), String.class),
					() -> cache().get(key, String.class, LONG, () -> "x"), () -> cache().set(key, 1),
					() -> cache().set(key, 1, LONG), () -> cache().setIfAbsent(key, 1, LONG), () -> cache().delete(key),
					() -> cache().increment(key, 1), () -> cache().increment(key, 1, LONG));
			calls.forEach((call) -> assertThatIllegalArgumentException().isThrownBy(call::run)
				.withMessageContaining("cache key"));
			assertThatIllegalArgumentException().isThrownBy(() -> platform().cache(key))
				.withMessageContaining("cache region");
		}
	}

	@Test
	void refusesTimesThatAreNotPositive() {
		for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
			List<Runnable> calls = List.of(() -> cache().get("k", String.class, ttl, () -> "x"),
					() -> cache().set("k", 1, ttl), () -> cache().setIfAbsent("k", 1, ttl),
					() -> cache().increment("k", 1, ttl));
			calls.forEach((call) -> assertThatIllegalArgumentException().isThrownBy(call::run)
				.withMessageContaining("time to live"));
		}
		assertThat(cache().get("k", Object.class)).isEmpty();
	}

	@Test
	@SuppressWarnings("DataFlowIssue")
	void refusesWhatIsNoValue() {
		for (Object value : new Object[] { null, Optional.empty() }) {
			assertThatIllegalArgumentException().isThrownBy(() -> cache().set("k", value));
			assertThatIllegalArgumentException().isThrownBy(() -> cache().setIfAbsent("k", value, LONG));
			assertThatIllegalArgumentException().isThrownBy(() -> cache().get("k", Object.class, LONG, () -> value));
		}
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> cache().set("k", "a\0b"));
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> cache().set("k", "x".repeat(1 << 20)));
		assertThat(cache().get("k", Object.class)).isEmpty();
	}

	@Test
	void saysWhatDoesNotFit() {
		cache().set("k", "text");
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> cache().get("k", Price.class))
			.withMessageContaining("'k'");
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> cache().getAll(List.of("k"), Price.class));
	}

	/**
	 * A backend whose writes are not part of the transaction says here what holds.
	 */
	@Test
	protected void writesWithTheTransaction() {
		cache().set("kept", 1);
		cache().set("count", 1);
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			cache().set("new", 1);
			cache().delete("kept");
			cache().increment("count", 5);
			cache().setIfAbsent("absent", 1, LONG);
			assertThat(cache().get("new", Integer.class)).contains(1);
			assertThat(cache().get("loaded", Integer.class, LONG, () -> 1)).isEqualTo(1);
			assertThat(async(() -> cache().getAll(List.of("new", "kept", "count", "loaded"), Integer.class)).join())
				.isEqualTo(Map.of("kept", 1, "count", 1));
			throw new Deliberate();
		}));
		assertThat(cache().getAll(List.of("new", "kept", "count", "absent", "loaded"), Integer.class))
			.isEqualTo(Map.of("kept", 1, "count", 1));
		platform().transaction(() -> {
			cache().clear();
			cache().set("new", 2);
		});
		assertThat(cache().getAll(List.of("new", "kept"), Integer.class)).isEqualTo(Map.of("new", 2));
	}

}
