package io.ikigai.platform.storage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ikigai.platform.PayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Documents and their versions: the part of the compatibility kit that is about putting,
 * reading and deleting.
 */
public abstract class DocumentStorageContractTests extends DocumentContract {

	private static final Site SITE = new Site("https://example.org", "up", 0);

	@Test
	void keepsADocumentAndCountsItsVersions() {
		DocumentCollection<Site> sites = documents(Site.class);
		assertThat(sites.get("a")).isEmpty();
		StoredDocument<Site> first = sites.put("a", SITE);
		assertThat(first.version()).isEqualTo(1);
		assertThat(first.value()).isEqualTo(SITE);
		assertThat(first.createdAt()).isEqualTo(first.updatedAt());
		Site down = new Site("https://example.org", "down", 3);
		StoredDocument<Site> second = sites.put("a", down);
		assertThat(second.version()).isEqualTo(2);
		assertThat(second.createdAt()).isEqualTo(first.createdAt());
		assertThat(second.updatedAt()).isAfter(first.updatedAt());
		assertThat(sites.get("a")).contains(second);
		assertThat(other().storage().documents(name(), Site.class).get("a")).contains(second);
	}

	@Test
	void keepsCollectionsApart() {
		documents(Site.class).put("a", SITE);
		DocumentCollection<Site> apart = platform().storage().documents(name() + "2", Site.class);
		assertThat(apart.get("a")).isEmpty();
		apart.put("a", SITE);
		assertThat(apart.delete("a")).isTrue();
		assertThat(documents(Site.class).get("a")).isPresent();
		assertThat(platform().storage().collections()).contains(name()).doesNotContain(name() + "2").isSorted();
	}

	@Test
	void replacesOnlyTheVersionThatIsExpected() {
		DocumentCollection<Site> sites = documents(Site.class);
		assertThatExceptionOfType(StaleDocumentException.class).isThrownBy(() -> sites.put("a", SITE, 1))
			.withMessageContainingAll("'a'", "'" + name() + "'", "does not exist", "version 1");
		assertThat(sites.get("a")).isEmpty();
		assertThat(sites.put("a", SITE, 0).version()).isEqualTo(1);
		assertThatExceptionOfType(StaleDocumentException.class).isThrownBy(() -> sites.put("a", SITE, 0))
			.withMessageContainingAll("version 1", "not new");
		assertThat(sites.put("a", SITE, 1).version()).isEqualTo(2);
		assertThatExceptionOfType(StaleDocumentException.class).isThrownBy(() -> sites.put("a", SITE, 1))
			.withMessageContainingAll("version 2", "version 1");
		assertThat(sites.get("a").orElseThrow().version()).isEqualTo(2);
	}

	@Test
	void deletesOnlyTheVersionThatIsExpected() {
		DocumentCollection<Site> sites = documents(Site.class);
		assertThat(sites.delete("a")).isFalse();
		assertThat(sites.delete("a", 1)).isFalse();
		sites.put("a", SITE);
		sites.put("a", SITE);
		assertThatExceptionOfType(StaleDocumentException.class).isThrownBy(() -> sites.delete("a", 1));
		assertThat(sites.delete("a", 2)).isTrue();
		assertThat(sites.get("a")).isEmpty();
		assertThat(sites.put("a", SITE).version()).isEqualTo(1);
	}

	@Test
	void joinsTheRunningTransaction() {
		DocumentCollection<Site> sites = documents(Site.class);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> platform().transaction(() -> {
			sites.put("a", SITE);
			sites.putAll(Map.of("b", SITE));
			assertThat(sites.count(DocumentQuery.all())).isEqualTo(2);
			assertThat(async(() -> sites.count(DocumentQuery.all())).join()).isZero();
			throw new UnsupportedOperationException();
		}));
		assertThat(sites.count(DocumentQuery.all())).isZero();
	}

	@Test
	void rollsBackWhatWasWrittenBesideAStaleVersion() {
		DocumentCollection<Site> sites = documents(Site.class);
		sites.put("a", SITE);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> platform().transaction(() -> {
			sites.put("b", SITE);
			assertThatExceptionOfType(StaleDocumentException.class).isThrownBy(() -> sites.put("a", SITE, 7));
		}));
		assertThat(sites.get("b")).isEmpty();
		assertThat(sites.get("a").orElseThrow().version()).isEqualTo(1);
	}

	@Test
	void putsManyAllOrNone() {
		DocumentCollection<Map<String, Object>> maps = maps();
		maps.put("7", Map.of("n", -1));
		Map<String, Map<String, Object>> many = new HashMap<>();
		IntStream.range(0, 2500).forEach((i) -> many.put("" + i, Map.of("n", i)));
		maps.putAll(many);
		assertThat(maps.count(DocumentQuery.all())).isEqualTo(2500);
		assertThat(maps.get("7").orElseThrow().version()).isEqualTo(2);
		assertThat(maps.get("2499").orElseThrow().value()).isEqualTo(Map.of("n", 2499));
		many.put("2500", Map.of("n", "\0"));
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> maps.putAll(many));
		assertThat(maps.get("7").orElseThrow().version()).isEqualTo(2);
		maps.putAll(Map.of());
	}

	@Test
	void losesNoIncrementOfManyWriters() {
		documents(Integer.class).put("counter", 0);
		Stream.of(platform(), other(), platform(), other()).map((platform) -> async(() -> {
			DocumentCollection<Integer> numbers = platform.storage().documents(name(), Integer.class);
			for (int done = 0; done < 25;) {
				StoredDocument<Integer> read = numbers.get("counter").orElseThrow();
				try {
					numbers.put("counter", read.value() + 1, read.version());
					done++;
				}
				catch (StaleDocumentException ex) {
					// Another was first: once more.
				}
			}
			return null;
		})).toList().forEach(CompletableFuture::join);
		StoredDocument<Integer> counter = documents(Integer.class).get("counter").orElseThrow();
		assertThat(counter.value()).isEqualTo(100);
		assertThat(counter.version()).isEqualTo(101);
	}

	@Test
	void letsOneOfManyCreate() {
		List<CompletableFuture<Boolean>> attempts = IntStream.range(0, 8).mapToObj((i) -> async(() -> {
			try {
				documents(Integer.class).put("new", i, 0);
				return true;
			}
			catch (StaleDocumentException ex) {
				return false;
			}
		})).toList();
		assertThat(attempts.stream().filter(CompletableFuture::join)).hasSize(1);
	}

	@Test
	void putsTheSameManyAtOnceWithoutADeadlock() {
		Map<String, Integer> forwards = new LinkedHashMap<>();
		Map<String, Integer> backwards = new LinkedHashMap<>();
		for (int i = 0; i < 2000; i++) {
			forwards.put("d" + i, i);
			backwards.put("d" + (1999 - i), i);
		}
		List<CompletableFuture<Object>> writers = IntStream.range(0, 6).mapToObj((i) -> async(() -> {
			documents(Integer.class).putAll((i % 2 == 0) ? forwards : backwards);
			return null;
		})).toList();
		writers.forEach(CompletableFuture::join);
		assertThat(documents(Integer.class).get("d0").orElseThrow().version()).isEqualTo(6);
	}

	@Test
	void readsAsTheTypeThatIsAskedFor() {
		documents(Site.class).put("a", SITE);
		assertThat(maps().get("a").orElseThrow().value())
			.isEqualTo(Map.of("url", "https://example.org", "state", "up", "failures", 0));
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> documents(Instant.class).get("a"))
			.withMessageContainingAll("'a'", "'" + name() + "'", "Instant");
	}

	@Test
	void readsTheRestWhereADocumentDoesNotFit() {
		documents(Site.class).put("a", SITE);
		maps().put("b", Map.of("url", "x", "failures", Map.of("no", "number")));
		documents(Site.class).put("c", SITE);
		DocumentQuery byId = DocumentQuery.all();
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> documents(Site.class).find(byId))
			.withMessageContainingAll("'b'", "'" + name() + "'", "Site", "at failures");
		List<UnreadableDocument> left = new ArrayList<>();
		DocumentCollection<Site> readable = documents(Site.class).skipping(left::add);
		assertThat(readable.find(byId)).extracting(StoredDocument::id).containsExactly("a", "c");
		assertThat(left).singleElement().satisfies((document) -> {
			assertThat(document.collection()).isEqualTo(name());
			assertThat(document.id()).isEqualTo("b");
			assertThat(document.json()).contains("no");
			assertThat(document.reason()).contains("at failures");
		});
		assertThat(readable.get("b")).isEmpty();
		assertThat(readable.get("a")).isPresent();
	}

	@Test
	void changesNoDecimalThatIsReadAsAMapAndPutBack() {
		Map<String, Object> value = Map.of("amount", new BigDecimal("12345678901234567890.12"), "price",
				new BigDecimal("1.50"), "all", List.of(new BigDecimal("0.1000000000000000055511151231257827")));
		maps().put("a", value);
		assertThat(maps().get("a").orElseThrow().value()).isEqualTo(value);
		maps().put("b", maps().get("a").orElseThrow().value());
		assertThat(maps().get("b").orElseThrow().value()).isEqualTo(value);
		documents(Object.class).put("c", value);
		assertThat(documents(Object.class).get("c").orElseThrow().value()).isEqualTo(value);
	}

	@Test
	void keepsAnyJson() {
		documents(String.class).put("text", "\"quoted\" \u0001 \uD83D\uDE00");
		assertThat(documents(String.class).get("text").orElseThrow().value())
			.isEqualTo("\"quoted\" \u0001 \uD83D\uDE00");
		BigDecimal number = new BigDecimal("12345678901234567890.123456789012345678901234567890");
		documents(BigDecimal.class).put("number", number);
		assertThat(documents(BigDecimal.class).get("number").orElseThrow().value()).isEqualTo(number);
		documents(List.class).put("list", List.of(1, "two", true));
		assertThat(documents(List.class).get("list").orElseThrow().value()).isEqualTo(List.of(1, "two", true));
	}

	@Test
	void takesAnyUnicodeIds() {
		String id = "文".repeat(254) + "'";
		documents(Integer.class).put(id, 1);
		documents(Integer.class).putAll(Map.of("a.b*c d\"e\\", 2));
		assertThat(documents(Integer.class).get(id)).isPresent();
		assertThat(documents(Integer.class).get("a.b*c d\"e\\")).isPresent();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "nul\0", "half\uD83D" })
	void refusesBadNames(String bad) {
		assertThatIllegalArgumentException().isThrownBy(() -> platform().storage().documents(bad, Site.class));
		DocumentCollection<Site> sites = documents(Site.class);
		assertThatIllegalArgumentException().isThrownBy(() -> sites.put(bad, SITE));
		assertThatIllegalArgumentException().isThrownBy(() -> sites.put(bad, SITE, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> sites.putAll(Map.of("good", SITE, bad, SITE)));
		assertThatIllegalArgumentException().isThrownBy(() -> sites.get(bad));
		assertThatIllegalArgumentException().isThrownBy(() -> sites.delete(bad));
		assertThat(sites.count(DocumentQuery.all())).isZero();
	}

	@Test
	void refusesBadDocumentsAndVersions() {
		DocumentCollection<Map<String, Object>> maps = maps();
		assertThatIllegalArgumentException().isThrownBy(() -> maps.put("a", null));
		assertThatIllegalArgumentException().isThrownBy(() -> maps.put("a", Map.of("x", "\0")));
		assertThatIllegalArgumentException().isThrownBy(() -> maps.put("a", Map.of("x", "\uD83D")));
		assertThatIllegalArgumentException().isThrownBy(() -> maps.put("a", Map.of("x", "y".repeat(1 << 20))))
			.withMessageContaining("ikigai.payload.max-size");
		assertThatIllegalArgumentException().isThrownBy(() -> maps.put("a", Map.of("x", new BigDecimal("1e200000"))));
		assertThatIllegalArgumentException().isThrownBy(() -> maps.put("a", Map.of(), -1));
		assertThatIllegalArgumentException().isThrownBy(() -> maps.delete("a", 0));
		assertThat(maps.count(DocumentQuery.all())).isZero();
	}

}
