package io.ikigai.platform.storage;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

/**
 * Vectors of documents. The platform under test declares the collection
 * {@value #DECLARED} with vectors of 3 numbers, and has no embedding model.
 */
public abstract class VectorContractTests {

	/** A collection whose vector size is declared. */
	protected static final String DECLARED = "contract-declared";

	private static final float[] EAST = { 1, 0, 0 };

	private static final float[] NORTH = { 0, 1, 0 };

	private String name;

	/**
	 * Returns a platform whose storage runs on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	@BeforeEach
	void freshCollection() {
		this.name = "contract-" + UUID.randomUUID();
		DocumentCollection<String> declared = declared();
		platform().storage()
			.documents(DECLARED, Object.class)
			.find(DocumentQuery.all().limit(10_000))
			.forEach((document) -> declared.delete(document.id()));
	}

	private DocumentCollection<String> collection() {
		return platform().storage().documents(this.name, String.class);
	}

	private DocumentCollection<String> declared() {
		return platform().storage().documents(DECLARED, String.class);
	}

	@Test
	void findsTheNearestFirst() {
		for (DocumentCollection<String> collection : List.of(collection(), declared())) {
			collection.putAll(Map.of("east", "E", "northeast", "NE", "north", "N", "west", "W", "none", "-"));
			collection.embed("east", EAST);
			collection.embed("northeast", new float[] { 5, 5, 0 });
			collection.embed("north", NORTH);
			collection.embed("west", new float[] { -0.1f, 0, 0 });
			List<SearchHit<String>> hits = collection.nearest(new float[] { 2, 0.1f, 0 }, 10);
			assertThat(hits).extracting((hit) -> hit.document().value()).containsExactly("E", "NE", "N", "W");
			assertThat(hits.get(0).score()).isCloseTo(2 / Math.sqrt(4.01), within(1e-3));
			assertThat(hits.get(3).score()).isCloseTo(-2 / Math.sqrt(4.01), within(1e-3));
			assertThat(hits).allMatch((hit) -> hit.snippet() == null);
			assertThat(collection.nearest(EAST, 2)).extracting((hit) -> hit.document().id())
				.containsExactly("east", "northeast");
			assertThat(collection.nearest(EAST, 1).get(0).score()).isCloseTo(1, within(1e-6));
		}
	}

	@Test
	void replacesAVectorAndKeepsItThroughPuts() {
		collection().put("d", "first");
		collection().embed("d", EAST);
		collection().put("d", "second");
		assertThat(collection().nearest(EAST, 1)).singleElement().satisfies((hit) -> {
			assertThat(hit.document().value()).isEqualTo("second");
			assertThat(hit.document().version()).isEqualTo(2);
			assertThat(hit.score()).isCloseTo(1, within(1e-6));
		});
		collection().embed("d", NORTH);
		assertThat(collection().nearest(EAST, 1).get(0).score()).isCloseTo(0, within(1e-6));
		assertThat(collection().get("d").orElseThrow().version()).isEqualTo(2);
	}

	@Test
	void deletesTheVectorWithItsDocument() {
		collection().put("d", "x");
		collection().embed("d", EAST);
		collection().delete("d");
		assertThat(collection().nearest(EAST, 1)).isEmpty();
		collection().put("d", "x");
		assertThat(collection().nearest(EAST, 1)).isEmpty();
	}

	@Test
	void keepsCollectionsApart() {
		DocumentCollection<String> other = platform().storage().documents(this.name + "'\\\"?x", String.class);
		collection().put("d", "here");
		other.put("d", "there");
		collection().embed("d", EAST);
		other.embed("d", new float[] { 0, 1 });
		assertThat(collection().nearest(NORTH, 5)).extracting((hit) -> hit.document().value()).containsExactly("here");
		assertThat(other.nearest(new float[] { 0, 1 }, 5)).extracting((hit) -> hit.document().value())
			.containsExactly("there");
		assertThat(platform().storage().documents("nothing here", String.class).nearest(EAST, 5)).isEmpty();
	}

	@Test
	void joinsTheTransaction() {
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction(() -> {
			collection().put("d", "x");
			collection().embed("d", EAST);
			assertThat(collection().nearest(EAST, 1)).hasSize(1);
			throw new Deliberate();
		}));
		assertThat(collection().nearest(EAST, 1)).isEmpty();
		collection().put("d", "x");
		collection().embed("d", EAST);
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction(() -> {
			collection().embed("d", NORTH);
			throw new Deliberate();
		}));
		assertThat(collection().nearest(EAST, 1).get(0).score()).isCloseTo(1, within(1e-6));
	}

	@Test
	void embedsManyOrNone() {
		Map<String, String> documents = new LinkedHashMap<>();
		Map<String, float[]> vectors = new LinkedHashMap<>();
		for (int i = 0; i < 2500; i++) {
			documents.put("d" + i, "v" + i);
			vectors.put("d" + i, new float[] { (float) Math.cos(i / 1000.0), (float) Math.sin(i / 1000.0) });
		}
		collection().putAll(documents);
		collection().embedAll(Map.of());
		Map<String, float[]> oneTooMany = new LinkedHashMap<>(vectors);
		oneTooMany.put("gone", new float[] { 1, 0 });
		assertThatIllegalArgumentException().isThrownBy(() -> collection().embedAll(oneTooMany))
			.withMessageContaining("'gone'");
		assertThat(collection().nearest(new float[] { 1, 0 }, 1)).isEmpty();
		oneTooMany.put("gone", new float[] { 1, 0, 0 });
		assertThatIllegalArgumentException().isThrownBy(() -> collection().embedAll(oneTooMany))
			.withMessageContaining("not 3");
		collection().embedAll(vectors);
		assertThat(collection().nearest(new float[] { 1, 0 }, 1000)).hasSize(1000)
			.extracting((hit) -> hit.document().id())
			.startsWith("d0", "d1", "d2")
			.endsWith("d999");
	}

	@Test
	void refusesWrongSizesWithoutWriting() {
		declared().put("d", "x");
		assertThatIllegalArgumentException().isThrownBy(() -> declared().embed("d", new float[] { 1, 0 }))
			.withMessageContaining(DECLARED)
			.withMessageContaining("have 3 numbers, not 2")
			.withMessageContaining("vector-size");
		assertThat(declared().nearest(EAST, 1)).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> declared().nearest(new float[] { 1, 0 }, 1))
			.withMessageContaining("have 3 numbers, not 2");
		collection().put("d", "x");
		collection().embed("d", EAST);
		assertThatIllegalArgumentException().isThrownBy(() -> collection().embed("d", new float[] { 1, 0 }))
			.withMessageContaining("have 3 numbers, not 2");
		assertThatIllegalArgumentException().isThrownBy(() -> collection().nearest(new float[4], 1));
		assertThatIllegalArgumentException().isThrownBy(() -> collection().nearest(new float[] { 1, 0 }, 1))
			.withMessageContaining("have 3 numbers, not 2");
		assertThat(collection().nearest(EAST, 1).get(0).score()).isCloseTo(1, within(1e-6));
	}

	@Test
	void refusesWhatIsNoDirection() {
		collection().put("d", "x");
		for (float[] bad : List.of(new float[0], new float[16_001], new float[3], new float[] { 1, Float.NaN },
				new float[] { Float.POSITIVE_INFINITY, 1 })) {
			assertThatIllegalArgumentException().isThrownBy(() -> collection().embed("d", bad))
				.withMessageStartingWith("A vector");
			assertThatIllegalArgumentException().isThrownBy(() -> collection().nearest(bad, 1))
				.withMessageStartingWith("A vector");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> collection().embed("none", EAST))
			.withMessageContaining("no document 'none'")
			.withMessageContaining(this.name);
		assertThatIllegalArgumentException().isThrownBy(() -> collection().embed("", EAST));
		assertThatNullPointerException().isThrownBy(() -> collection().embed("d", null));
		assertThat(collection().nearest(EAST, 1)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 1001 })
	void refusesImpossibleLimits(int limit) {
		assertThatIllegalArgumentException().isThrownBy(() -> collection().nearest(EAST, limit))
			.withMessageContaining("not " + limit);
		assertThatIllegalArgumentException().isThrownBy(() -> collection().similar("x", limit));
		assertThatIllegalArgumentException().isThrownBy(() -> collection().hybrid("x", limit));
	}

	@Test
	void takesTinyAndHugeNumbersAndManyOfThem() {
		collection().putAll(Map.of("tiny", "x", "huge", "x"));
		collection().embed("tiny", new float[] { Float.MIN_VALUE, Float.MIN_VALUE, 0 });
		collection().embed("huge", new float[] { 0, Float.MAX_VALUE, Float.MAX_VALUE });
		assertThat(collection().nearest(NORTH, 2)).hasSize(2)
			.allSatisfy((hit) -> assertThat(hit.score()).isCloseTo(Math.sqrt(0.5), within(1e-6)));
		DocumentCollection<String> wide = platform().storage().documents(this.name + "-wide", String.class);
		wide.put("d", "x");
		float[] vector = new float[16_000];
		Arrays.fill(vector, 3);
		wide.embed("d", vector);
		assertThat(wide.nearest(vector, 1).get(0).score()).isCloseTo(1, within(1e-5));
	}

	@Test
	void findsTheNearestOfThoseThatMeetAConditionHoweverFewTheyAre() {
		DocumentCollection<Map<String, Object>> collection = platform().storage()
			.documents(DECLARED, new io.ikigai.platform.TypeRef<>() {
			});
		Random random = new Random(7);
		Map<String, Map<String, Object>> documents = new LinkedHashMap<>();
		Map<String, float[]> vectors = new LinkedHashMap<>();
		for (int i = 0; i < 3000; i++) {
			documents.put("d" + i, Map.of("n", i, "rare", i % 1000 == 999));
			// Those that meet the condition are the farthest.
			vectors.put("d" + i, new float[] { (i % 1000 == 999) ? -1 : 1, random.nextFloat(), random.nextFloat() });
		}
		collection.putAll(documents);
		collection.embedAll(vectors);
		assertThat(collection.nearest(EAST, DocumentQuery.all().where("rare", Op.EQ, true), 10))
			.extracting((hit) -> hit.document().id())
			.containsExactlyInAnyOrder("d999", "d1999", "d2999");
		assertThat(collection.nearest(EAST, DocumentQuery.all().where("n", Op.LT, 1000).not("rare", Op.EQ, true), 300))
			.hasSize(300)
			.allSatisfy((hit) -> assertThat((Integer) hit.document().value().get("n")).isLessThan(1000));
		assertThat(collection.nearest(EAST, DocumentQuery.all().where("n", Op.EQ, -1), 10)).isEmpty();
		assertThat(collection.nearest(EAST, 1000)).hasSize(1000)
			.isSortedAccordingTo(Collections.reverseOrder(java.util.Comparator.comparingDouble(SearchHit::score)));
	}

	@Test
	void tellsWhatIsMissingForSearchByMeaning() {
		assertThatIllegalStateException().isThrownBy(() -> collection().similar("text", 1))
			.withMessageContaining("EmbeddingModel")
			.withMessageContaining(TextEmbedding.class.getName());
		assertThatIllegalStateException().isThrownBy(() -> collection().hybrid("text", 1))
			.withMessageContaining("EmbeddingModel");
		for (String bad : Stream.of("", " ", "x".repeat(10_001), "\u0000").toList()) {
			assertThatIllegalArgumentException().isThrownBy(() -> collection().similar(bad, 1));
			assertThatIllegalArgumentException().isThrownBy(() -> collection().hybrid(bad, 1));
		}
	}

	/**
	 * Thrown by work that is meant to fail.
	 */
	private static final class Deliberate extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
