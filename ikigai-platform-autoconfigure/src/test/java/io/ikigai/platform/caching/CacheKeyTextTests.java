package io.ikigai.platform.caching;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import org.springframework.cache.interceptor.SimpleKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Keys of Spring's caching as keys of a region.
 */
class CacheKeyTextTests {

	@Test
	void writesSimpleKeysAsTheirText() {
		assertThat(CacheKeyText.of("EUR")).isEqualTo("EUR");
		assertThat(CacheKeyText.of(7L)).isEqualTo("7");
		assertThat(CacheKeyText.of(new BigDecimal("1.50"))).isEqualTo("1.50");
		assertThat(CacheKeyText.of(TimeUnit.DAYS)).isEqualTo("DAYS");
		assertThat(CacheKeyText.of(String.class)).isEqualTo("java.lang.String");
		assertThat(CacheKeyText.of(new UUID(1, 2))).isEqualTo("00000000-0000-0001-0000-000000000002");
		assertThat(CacheKeyText.of(new Site("a"))).isEqualTo("Site[name=a]");
	}

	@Test
	void writesSeveralArgumentsUnmistakably() {
		assertThat(CacheKeyText.of(SimpleKey.EMPTY)).isEqualTo("[]");
		assertThat(CacheKeyText.of(new SimpleKey("a", 1, null, true))).isEqualTo("[\"a\",1,null,true]");
		assertThat(List.of(new SimpleKey("a, b"), new SimpleKey("a", "b"), new SimpleKey("a", "\"b\""),
				new SimpleKey("a\",\"b"), new SimpleKey("1", "null"), new SimpleKey(1, null), new SimpleKey(List.of()),
				new SimpleKey("a", new String[] { "b" }), new SimpleKey("\\", "x"), new SimpleKey("\\\\", "x")))
			.extracting(CacheKeyText::of)
			.doesNotHaveDuplicates();
	}

	@Test
	void writesCollectionsByWhatTheyHold() {
		assertThat(CacheKeyText.of(Arrays.asList(1, "b", null))).isEqualTo("[1,\"b\",null]");
		assertThat(CacheKeyText.of(new int[] { 1, 2 })).isEqualTo("[1,2]");
		assertThat(CacheKeyText.of(Set.of(3, 1, 2))).isEqualTo("[1,2,3]");
		assertThat(CacheKeyText.of(Map.of("b", 1, "a", 2))).isEqualTo("{\"a\":2,\"b\":1}");
	}

	@Test
	void hashesWhatCannotBeAKey() {
		List<Object> keys = List.of("", "x".repeat(256), "x".repeat(257), "a\0", "\uD800", "\uD801");
		assertThat(keys).extracting(CacheKeyText::of)
			.doesNotHaveDuplicates()
			.allSatisfy((text) -> assertThat(text).matches("sha256:[0-9a-f]{64}"));
		assertThat(CacheKeyText.of("x".repeat(255))).hasSize(255);
	}

	@Test
	void refusesWhatHasNoTextOfItsOwn() {
		assertThatIllegalArgumentException().isThrownBy(() -> CacheKeyText.of(new Object()))
			.withMessageContaining("java.lang.Object")
			.withMessageContaining("key =");
		assertThatIllegalArgumentException().isThrownBy(() -> CacheKeyText.of(new SimpleKey("a", new Object())));
	}

	record Site(String name) {
	}

}
