package io.ikigai.platform.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Order and pages: the part of the compatibility kit that is about in which order
 * documents are found.
 */
public abstract class DocumentPagingContractTests extends DocumentContract {

	private DocumentCollection<Map<String, Object>> all;

	@BeforeEach
	void openCollection() {
		this.all = maps();
	}

	private void put(String id, Object rank, Object group) {
		Map<String, Object> document = new HashMap<>();
		document.put("rank", rank);
		document.put("group", group);
		document.put("url", "https://" + id);
		document.values().removeIf("absent"::equals);
		this.all.put(id, document);
	}

	private void putMixed() {
		List<Object> ranks = Arrays.asList(2, 10, -1.5, "b", "B", "ä", true, false, null, "absent", List.of(1),
				Map.of("a", 1), 2, "b", "absent", 1e20);
		for (int i = 0; i < ranks.size(); i++) {
			put("d" + (char) ('a' + i), ranks.get(i), i % 3);
		}
	}

	/**
	 * Reads all pages, as a type that does not carry what orders.
	 */
	private List<String> page(DocumentQuery query, int size) {
		DocumentCollection<Address> addresses = documents(Address.class);
		List<String> found = new ArrayList<>();
		List<StoredDocument<Address>> page = addresses.find(query.limit(size));
		while (!page.isEmpty()) {
			found.addAll(ids(page));
			page = addresses.find(query.limit(size).after(page.get(page.size() - 1)));
		}
		return found;
	}

	@Test
	void ordersById() {
		for (String id : List.of("b", "a", "Z", "ä", "10", "9", "\uD83D\uDE00", "\uFFFD")) {
			put(id, 0, 0);
		}
		assertThat(page(DocumentQuery.all(), 3)).containsExactly("10", "9", "Z", "a", "b", "ä", "\uFFFD",
				"\uD83D\uDE00");
	}

	@Test
	void ordersValuesOfAllTypesAndMissingOnesLast() {
		putMixed();
		assertThat(ids(this.all.find(DocumentQuery.all().orderBy("rank", true)))).containsExactly("dc", "da", "dm",
				"db", "dp", "de", "dd", "dn", "df", "dh", "dg", "dk", "dl", "di", "dj", "do");
		assertThat(ids(this.all.find(DocumentQuery.all().orderBy("rank", false)))).containsExactly("dl", "dk", "dg",
				"dh", "df", "dd", "dn", "de", "dp", "db", "da", "dm", "dc", "di", "dj", "do");
	}

	@ParameterizedTest
	@CsvSource({ "true,true,1", "true,false,2", "false,true,3", "false,false,5", "true,false,100" })
	void pagesLeaveNothingOutAndRepeatNothing(boolean first, boolean second, int size) {
		putMixed();
		DocumentQuery query = DocumentQuery.all().orderBy("group", first).orderBy("rank", second);
		List<String> whole = ids(this.all.find(query));
		assertThat(whole).hasSize(16);
		assertThat(page(query, size)).isEqualTo(whole);
		DocumentQuery some = query.where("rank", Op.EXISTS, true).not("rank", Op.EQ, "b");
		assertThat(page(some, size)).isEqualTo(ids(this.all.find(some))).hasSize(12);
	}

	@Test
	void goesOnWhereADocumentStoodThatHasChangedOrIsGone() {
		for (int i = 0; i < 6; i++) {
			put("d" + i, i, 0);
		}
		DocumentQuery query = DocumentQuery.all().orderBy("rank", true).limit(2);
		StoredDocument<Map<String, Object>> last = this.all.find(query).get(1);
		put("d1", "now text", 0);
		assertThat(ids(this.all.find(query.after(last)))).containsExactly("d2", "d3");
		this.all.delete("d1");
		assertThat(ids(this.all.find(query.after(last)))).containsExactly("d2", "d3");
		put("d1", 100, 0);
		assertThat(ids(this.all.find(query.after(last)))).containsExactly("d2", "d3");
	}

	@Test
	void saysSoWhenThePlaceIsNotKnownAnyMore() {
		for (int i = 0; i < 4; i++) {
			put("d" + i, i, 0);
		}
		DocumentCollection<Address> addresses = documents(Address.class);
		DocumentQuery query = DocumentQuery.all().orderBy("rank", true).limit(2);
		StoredDocument<Address> last = addresses.find(query).get(1);
		assertThat(ids(addresses.find(query.after(last)))).containsExactly("d2", "d3");
		put("d1", 100, 0);
		assertThatIllegalArgumentException().isThrownBy(() -> addresses.find(query.after(last)))
			.withMessageContainingAll("'d1'", "'rank'", name());
		assertThat(ids(addresses.find(DocumentQuery.all().after(last)))).containsExactly("d2", "d3");
	}

	@Test
	void limitsToOneHundredUnlessTold() {
		Map<String, Map<String, Object>> many = new HashMap<>();
		for (int i = 0; i < 150; i++) {
			many.put("d" + i, Map.of());
		}
		this.all.putAll(many);
		assertThat(this.all.find(DocumentQuery.all())).hasSize(100);
		assertThat(this.all.find(DocumentQuery.all().limit(10_000))).hasSize(150);
		assertThat(this.all.count(DocumentQuery.all().limit(1))).isEqualTo(150);
	}

}
