package io.ikigai.platform.caching;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.cache.interceptor.SimpleKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Keys of Spring's caching as keys of a region.
 */
class CacheKeyTextTests {

	@Test
	void writesTextAndWholeNumbersAsTheyAre() {
		assertThat(CacheKeyText.of("EUR")).isEqualTo("EUR");
		assertThat(CacheKeyText.of("a \"quoted\" [text]")).isEqualTo("a \"quoted\" [text]");
		assertThat(CacheKeyText.of("00000000-0000-0001-0000-000000000002"))
			.isEqualTo("00000000-0000-0001-0000-000000000002");
		assertThat(CacheKeyText.of(7)).isEqualTo("7");
		assertThat(CacheKeyText.of(7L)).isEqualTo("7L");
	}

	@Test
	void writesOtherTypesWithTheirNames() {
		assertThat(CacheKeyText.of("7")).isEqualTo("\"7\"");
		assertThat(CacheKeyText.of(new BigDecimal("1.50"))).isEqualTo("(BigDecimal)\"1.50\"");
		assertThat(CacheKeyText.of(TimeUnit.DAYS)).isEqualTo("(java.util.concurrent.TimeUnit)\"DAYS\"");
		assertThat(CacheKeyText.of(String.class)).isEqualTo("(Class)\"java.lang.String\"");
		assertThat(CacheKeyText.of(new Pair("a", null)))
			.isEqualTo("(" + Pair.class.getName() + "){left:\"a\",right:null}");
	}

	@Test
	void writesSeveralArgumentsAsAList() {
		assertThat(CacheKeyText.of(SimpleKey.EMPTY)).isEqualTo("[]");
		assertThat(CacheKeyText.of(new SimpleKey("a", 1, null, true))).isEqualTo("[\"a\",1,null,true]");
		assertThat(CacheKeyText.of(Arrays.asList(1, "b", null))).isEqualTo("(List)[1,\"b\",null]");
		assertThat(CacheKeyText.of(new int[] { 1, 2 })).isEqualTo("(int[])[1,2]");
		assertThat(CacheKeyText.of(Set.of(3, 1, 2))).isEqualTo("(Set)[1,2,3]");
		assertThat(CacheKeyText.of(Map.of("b", 1, "a", 2))).isEqualTo("{\"a\":2,\"b\":1}");
	}

	@Test
	void tellsKeysApartThatAreNotEqual() {
		SimpleKey nothing = new SimpleKey(new Object[] { null });
		List<Object> keys = new ArrayList<>(List.of("a", 'a', "[]", SimpleKey.EMPTY, nothing, "[null]", "null",
				new SimpleKey("a", "b"), "[\"a\",\"b\"]", List.of("a", "b"), "(List)[\"a\",\"b\"]",
				new SimpleKey(List.of("a", "b")), Set.of("a", "b"), new String[] { "a", "b" }, Map.of("a", "b"),
				"{\"a\":\"b\"}", Map.entry("a", "b"), new ArrayDeque<>(List.of("a", "b")),
				new ArrayDeque<>(List.of("a, b")), new SimpleKey("a, b"), new SimpleKey("a", "\"b\""),
				new SimpleKey("a\",\"b"), new SimpleKey("1", "null"), new SimpleKey(1, null), new SimpleKey(List.of()),
				new SimpleKey("a", new String[] { "b" }), new SimpleKey("\\", "x"), new SimpleKey("\\\\", "x")));
		keys.addAll(List.of(1, 1L, "1", "1L", "\"1\"", "-1", -1, 1.0, 1.0f, "1.0", (short) 1, (byte) 1, BigInteger.ONE,
				BigDecimal.ONE, new BigDecimal("1.0"), 0.0, -0.0, true, "true", OptionalInt.of(1), Optional.of(1),
				Optional.empty(), new int[] { 1 }, new long[] { 1 }, new byte[] { 1 }, List.of(1), List.of(1L)));
		keys.addAll(List.of(TimeUnit.DAYS, "DAYS", Unit.DAYS, "(java.util.concurrent.TimeUnit)\"DAYS\"", String.class,
				"java.lang.String", new UUID(1, 2), new UUID(1, 2).toString(), LocalDate.EPOCH, "1970-01-01",
				Instant.EPOCH, new Date(0), new Date(1), ZoneId.of("UTC"), ZoneOffset.UTC, Locale.GERMANY,
				Locale.GERMAN, Currency.getInstance("EUR"), "EUR", StandardCharsets.UTF_8, Duration.ZERO, "PT0S"));
		keys.addAll(List.of(new Pair("x, right=y", "z"), new Pair("x", "y, right=z"), new Pair("x", null),
				new Pair("x", "null"), new OtherPair("x", null), new Digest("x", new byte[] { 1 }),
				new Digest("x", new byte[] { 2 }), new Tags(List.of("a", "b")), new Tags(Set.of("a", "b")),
				new Tags(new ArrayDeque<>(List.of("a", "b"))), new Tags(List.of("a, b")), new Loud("a"),
				new Loud("b")));
		assertThat(keys).extracting(CacheKeyText::of).doesNotHaveDuplicates();
	}

	@Test
	void writesEqualKeysAlike() {
		assertThat(CacheKeyText.of(new Digest("x", new byte[] { 1 })))
			.isEqualTo(CacheKeyText.of(new Digest("x", new byte[] { 1 })));
		assertThat(CacheKeyText.of(new TreeSet<>(List.of("b", "a"))))
			.isEqualTo(CacheKeyText.of(new LinkedHashSet<>(List.of("b", "a"))));
		Map<String, Integer> map = new LinkedHashMap<>(Map.of("b", 1));
		map.put("a", 2);
		assertThat(CacheKeyText.of(map)).isEqualTo(CacheKeyText.of(Map.of("a", 2, "b", 1)));
		assertThat(CacheKeyText.of(new ArrayList<>(List.of(1)))).isEqualTo(CacheKeyText.of(List.of(1)));
		assertThat(CacheKeyText.of(new SimpleKey((Object) new String[] { "a" })))
			.isEqualTo(CacheKeyText.of(new SimpleKey((Object) new Object[] { "a" })));
	}

	@Test
	void hashesWhatCannotBeAKey() {
		List<Object> keys = List.of("", "x".repeat(256), "x".repeat(257), "a\0", "\uD800", "\uD801",
				new SimpleKey("x".repeat(256)), List.of("x".repeat(256)));
		assertThat(keys).extracting(CacheKeyText::of)
			.doesNotHaveDuplicates()
			.allSatisfy((text) -> assertThat(text).matches("sha256:[0-9a-f]{64}"));
		assertThat(CacheKeyText.of("x".repeat(255))).hasSize(255);
		assertThat(CacheKeyText.of(CacheKeyText.of(""))).isNotEqualTo(CacheKeyText.of(""));
	}

	@ParameterizedTest
	@MethodSource
	void refusesWhatCannotBeToldApart(Object key) {
		assertThatIllegalArgumentException().isThrownBy(() -> CacheKeyText.of(key))
			.withMessageContaining("@Cacheable(key =");
		assertThatIllegalArgumentException().isThrownBy(() -> CacheKeyText.of(new SimpleKey("a", key)));
	}

	@Test
	void refusesWhatHoldsItself() {
		List<Object> endless = new ArrayList<>();
		endless.add(endless);
		assertThatIllegalArgumentException().isThrownBy(() -> CacheKeyText.of(endless))
			.withMessageContaining("@Cacheable(key =");
	}

	static List<Object> refusesWhatCannotBeToldApart() {
		return List.of(new Object(), new Spoken(), new StringBuilder("a"), new AtomicInteger(1), new File("a"),
				new java.sql.Timestamp(0), new Object[] { new Spoken() }, new Tags(List.of(new Spoken())));
	}

	record Pair(String left, @Nullable String right) {
	}

	record OtherPair(String left, @Nullable String right) {
	}

	record Digest(String name, byte[] bytes) {
	}

	record Tags(Collection<?> tags) {
	}

	record Loud(String name) {

		@Override
		public String toString() {
			return "Loud";
		}

	}

	enum Unit {

		DAYS

	}

	static class Spoken {

		@Override
		public String toString() {
			return "spoken";
		}

	}

}
