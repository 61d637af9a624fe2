package io.ikigai.platform.storage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Conditions: the part of the compatibility kit that is about which documents are found.
 */
public abstract class DocumentQueryContractTests extends DocumentContract {

	private static final UUID ID = UUID.fromString("6f1c2a0e-0000-4000-8000-000000000001");

	private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

	private DocumentCollection<Map<String, Object>> all;

	@BeforeEach
	void putDocuments() {
		this.all = maps();
		put("number", 5);
		put("decimal", new BigDecimal("5.00000000000000000000000000000001"));
		put("big", new BigDecimal("1e300"));
		put("negative", -7.5);
		put("text", "5");
		put("upper", "Zebra");
		put("lower", "apple");
		put("umlaut", "Äpfel");
		put("quote", "it's \"x\" 100% \\ _ ; DROP TABLE");
		put("yes", true);
		put("no", false);
		put("null", null);
		put("array", Arrays.asList(5, "x", null, Map.of("k", 1, "l", 2)));
		put("object", Map.of("k", 1, "l", List.of("deep")));
		put("enum", Op.EXISTS);
		put("time", TIME);
		put("id", ID);
		this.all.put("missing", Map.of());
	}

	private void put(String id, Object value) {
		Map<String, Object> document = new HashMap<>();
		document.put("v", value);
		Map<String, Object> outer = new HashMap<>(document);
		outer.put("nested", Map.of("a", document));
		this.all.put(id, outer);
	}

	/**
	 * Finds at the top, and deeper, and by all three ways to write a condition.
	 */
	private List<String> find(Op op, Object value) {
		List<String> found = ids(this.all.find(DocumentQuery.all().where("v", op, value)));
		DocumentQuery deeper = DocumentQuery.all().where("nested.a.v", op, value);
		assertThat(ids(this.all.find(deeper))).isEqualTo(found);
		assertThat(this.all.count(deeper)).isEqualTo(found.size());
		DocumentQuery not = DocumentQuery.all().not("v", op, value);
		assertThat(this.all.count(not)).isEqualTo(18 - found.size());
		assertThat(ids(this.all.find(DocumentQuery.all().not(not)))).isEqualTo(found);
		return found;
	}

	@Test
	void findsEqualValuesOfTheSameType() {
		assertThat(find(Op.EQ, 5)).containsExactly("number");
		assertThat(find(Op.EQ, new BigDecimal("5.000"))).containsExactly("number");
		assertThat(find(Op.EQ, new BigDecimal("5.00000000000000000000000000000001"))).containsExactly("decimal");
		assertThat(find(Op.EQ, "5")).containsExactly("text");
		assertThat(find(Op.EQ, true)).containsExactly("yes");
		assertThat(find(Op.EQ, null)).containsExactly("null");
		assertThat(find(Op.EQ, "APPLE")).isEmpty();
		assertThat(find(Op.EQ, "it's \"x\" 100% \\ _ ; DROP TABLE")).containsExactly("quote");
		assertThat(find(Op.EQ, "%")).isEmpty();
		assertThat(find(Op.EQ, Map.of("l", List.of("deep"), "k", 1))).containsExactly("object");
		assertThat(find(Op.EQ, Map.of("k", 1))).isEmpty();
		assertThat(find(Op.EQ, Arrays.asList(5, "x", null, Map.of("k", 1, "l", 2)))).containsExactly("array");
		assertThat(find(Op.EQ, List.of(5))).isEmpty();
	}

	@Test
	void writesValuesAsInDocuments() {
		assertThat(find(Op.EQ, Op.EXISTS)).containsExactly("enum");
		assertThat(find(Op.EQ, TIME)).containsExactly("time");
		assertThat(find(Op.EQ, ID)).containsExactly("id");
		assertThat(find(Op.IN, List.of(ID, TIME))).containsExactly("id", "time");
	}

	@Test
	void findsUnequalValuesAndMissingOnes() {
		assertThat(find(Op.NE, 5)).hasSize(17).doesNotContain("number").contains("missing", "null", "text");
		assertThat(find(Op.NE, null)).hasSize(17).contains("missing");
	}

	@Test
	void comparesNumbersWithNumbers() {
		assertThat(find(Op.GT, 5)).containsExactly("big", "decimal");
		assertThat(find(Op.GE, 5)).containsExactly("big", "decimal", "number");
		assertThat(find(Op.LT, 5L)).containsExactly("negative");
		assertThat(find(Op.LE, 5.0)).containsExactly("negative", "number");
		assertThat(find(Op.GT, new BigDecimal("9e299"))).containsExactly("big");
	}

	@Test
	void comparesTextByCodePoint() {
		assertThat(find(Op.GT, "Zebra")).containsExactly("lower", "quote", "umlaut");
		assertThat(find(Op.GE, "apple")).containsExactly("lower", "quote", "umlaut");
		assertThat(find(Op.LT, "6")).containsExactly("text", "time");
		assertThat(find(Op.LE, "5")).containsExactly("text", "time");
		assertThat(find(Op.GT, "it's \"")).containsExactly("quote", "umlaut");
	}

	@Test
	void comparesBooleans() {
		assertThat(find(Op.LT, true)).containsExactly("no");
		assertThat(find(Op.GE, false)).containsExactly("no", "yes");
	}

	@Test
	void findsOneOfMany() {
		assertThat(find(Op.IN, Arrays.asList(5, "Zebra", false, null, "nothing"))).containsExactly("no", "null",
				"number", "upper");
		assertThat(find(Op.IN, List.of("Zebra", "apple"))).containsExactly("lower", "upper");
		assertThat(find(Op.IN, List.of(5, 1e300))).containsExactly("big", "number");
		assertThat(find(Op.IN, List.of())).isEmpty();
	}

	@Test
	void findsWhatIsContained() {
		assertThat(find(Op.CONTAINS, "x")).containsExactly("array");
		assertThat(find(Op.CONTAINS, null)).containsExactly("array");
		assertThat(find(Op.CONTAINS, List.of("x", 5))).containsExactly("array");
		assertThat(find(Op.CONTAINS, List.of("x", 6))).isEmpty();
		assertThat(find(Op.CONTAINS, Map.of("k", 1))).containsExactly("array", "object");
		assertThat(find(Op.CONTAINS, Map.of("l", List.of("deep")))).containsExactly("object");
		assertThat(find(Op.CONTAINS, "Zeb")).isEmpty();
		assertThat(find(Op.CONTAINS, "Zebra")).isEmpty();
	}

	@Test
	void findsWhatIsThere() {
		assertThat(find(Op.EXISTS, false)).containsExactly("missing");
		assertThat(find(Op.EXISTS, true)).hasSize(17).contains("null");
	}

	@Test
	void takesNumbersInAPathAsIndexes() {
		assertThat(ids(this.all.find(DocumentQuery.all().where("v.0", Op.EQ, 5)))).containsExactly("array");
		assertThat(ids(this.all.find(DocumentQuery.all().where("v.-1.k", Op.EQ, 1)))).containsExactly("array");
		assertThat(ids(this.all.find(DocumentQuery.all().where("v.1", Op.CONTAINS, "x")))).isEmpty();
		this.all.put("field", Map.of("v", Map.of("0", 5)));
		assertThat(ids(this.all.find(DocumentQuery.all().where("v.0", Op.EQ, 5)))).containsExactly("array", "field");
	}

	@Test
	void takesAnyFieldNames() {
		String name = "it's \"{schema}\" \\ %?, {} \u0001 \uD83D\uDE00";
		this.all.put("odd", Map.of(name, Map.of(name, "x")));
		for (Op op : List.of(Op.EQ, Op.GE)) {
			assertThat(ids(this.all.find(DocumentQuery.all().where(name + "." + name, op, "x").orderBy(name, true))))
				.containsExactly("odd");
		}
		assertThat(ids(this.all.find(DocumentQuery.all().where("v' OR true --", Op.EQ, "x")))).isEmpty();
	}

	@Test
	void tellsAFieldWithADotFromAPath() {
		this.all.put("dotted", Map.of("source.file", "b", "", "e", "'q'", 1));
		this.all.put("deep", Map.of("source", Map.of("file", "a")));
		for (Op op : List.of(Op.EQ, Op.GE, Op.LE)) {
			assertThat(ids(this.all.find(DocumentQuery.all().where("'source.file'", op, "b"))))
				.containsExactly("dotted");
		}
		assertThat(ids(this.all.find(DocumentQuery.all().where("source.file", Op.GE, "a")))).containsExactly("deep");
		assertThat(this.all.count(DocumentQuery.all().where("\"source.file\"", Op.NE, "b"))).isEqualTo(19);
		assertThat(ids(this.all.find(DocumentQuery.all().where("''", Op.IN, List.of("e"))))).containsExactly("dotted");
		assertThat(ids(this.all.find(DocumentQuery.all().where(FieldPath.of("'q'").toString(), Op.EXISTS, true))))
			.containsExactly("dotted");
		DocumentQuery first = DocumentQuery.all().orderBy("'source.file'", false).limit(1);
		List<StoredDocument<Map<String, Object>>> page = this.all.find(first);
		assertThat(ids(page)).containsExactly("dotted");
		assertThat(ids(this.all.find(first.after(page.get(0))))).doesNotContain("dotted");
	}

	@Test
	void joinsConditions() {
		DocumentQuery small = DocumentQuery.all().where("v", Op.LT, 0).or("v", Op.EQ, "apple");
		assertThat(ids(this.all.find(small))).containsExactly("lower", "negative");
		assertThat(ids(this.all.find(small.and("v", Op.NE, "apple")))).containsExactly("negative");
		assertThat(ids(this.all.find(DocumentQuery.all().where("v", Op.EXISTS, true).not(small).and("v", Op.LT, 6))))
			.containsExactly("decimal", "number");
		assertThat(ids(this.all.find(DocumentQuery.all()
			.where("v", Op.EQ, 5)
			.or(DocumentQuery.all().where("v", Op.GT, "a").and("v", Op.LT, "b"))))).containsExactly("lower", "number");
		assertThat(ids(this.all.find(small.and(DocumentQuery.all())))).containsExactly("lower", "negative");
	}

	@Test
	void refusesQueriesThatMakeNoSense() {
		for (String path : List.of("", ".", "a.", ".a", "a..b", "a\0", "x".repeat(1025))) {
			assertThatIllegalArgumentException().isThrownBy(() -> DocumentQuery.all().where(path, Op.EQ, 1));
			assertThatIllegalArgumentException().isThrownBy(() -> DocumentQuery.all().orderBy(path, true));
		}
		for (Object value : Arrays.asList(null, List.of(1), Map.of("a", 1))) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.all.find(DocumentQuery.all().where("v", Op.GT, value)))
				.withMessageContainingAll("GT", "'v'");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> DocumentQuery.all().where("v", Op.IN, 5));
		assertThatIllegalArgumentException().isThrownBy(() -> DocumentQuery.all().where("v", Op.EXISTS, "yes"));
		assertThatIllegalArgumentException().isThrownBy(() -> DocumentQuery.all().limit(0));
		assertThatIllegalArgumentException().isThrownBy(() -> DocumentQuery.all().limit(10_001));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.all.find(DocumentQuery.all().where("v", Op.EQ, "\0")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.all.count(DocumentQuery.all().where("v", Op.EQ, "\uD83D")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.all.count(DocumentQuery.all().where("half\uD83D", Op.EQ, 1)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.all.find(DocumentQuery.all().where("v", Op.GT, new BigDecimal("1e200000"))));
		DocumentQuery endless = DocumentQuery.all();
		for (int i = 0; i < 20_000; i++) {
			endless = endless.or("v", Op.EQ, i);
		}
		DocumentQuery tooLong = endless;
		assertThatIllegalArgumentException().isThrownBy(() -> this.all.find(tooLong)).withMessageContaining("IN");
	}

}
