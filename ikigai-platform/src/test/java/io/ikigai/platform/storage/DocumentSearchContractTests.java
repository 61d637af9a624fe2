package io.ikigai.platform.storage;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Full text: the part of the compatibility kit that is about searching.
 */
public abstract class DocumentSearchContractTests extends DocumentContract {

	private DocumentCollection<Map<String, Object>> all;

	@BeforeEach
	void putDocuments() {
		this.all = maps();
		this.all.put("port", Map.of("name", "server.port", "text", "The port that the server listens on."));
		this.all.put("ports",
				Map.of("tags", List.of(Map.of("deep", "Ships wait in many ports and harbours of the north sea"))));
		this.all.put("page", Map.of("html", "A <b>bold</b> harbour & its <script>alert(\"master\")</script> light"));
		this.all.put("numbers", Map.of("n", 4711, "flag", true));
	}

	private List<String> search(String text) {
		return this.all.search(text, 10).stream().map((hit) -> hit.document().id()).toList();
	}

	@Test
	void findsWordsInAllFormsAnywhereInADocument() {
		assertThat(search("port")).containsExactlyInAnyOrder("port", "ports");
		assertThat(search("harbours")).containsExactlyInAnyOrder("page", "ports");
		assertThat(search("ship waiting")).containsExactly("ports");
		assertThat(search("nothing")).isEmpty();
		assertThat(search("deep")).isEmpty();
	}

	@Test
	void understandsTheSyntaxOfAWebSearch() {
		assertThat(search("\"north sea\"")).containsExactly("ports");
		assertThat(search("\"sea north\"")).isEmpty();
		assertThat(search("port -ship")).containsExactly("port");
		assertThat(search("listens or bold")).containsExactlyInAnyOrder("page", "port");
		assertThat(search("the")).isEmpty();
	}

	@Test
	void ranksTheBestFirst() {
		this.all.put("much", Map.of("text", "Port, port and port again"));
		List<SearchHit<Map<String, Object>>> hits = this.all.search("port", 2);
		assertThat(hits).hasSize(2);
		assertThat(hits.get(0).document().id()).isEqualTo("much");
		assertThat(hits.get(0).document().version()).isEqualTo(1);
		assertThat(hits.get(0).score()).isGreaterThan(hits.get(1).score());
	}

	@Test
	void showsWhereItFitsAsSafeHtml() {
		assertThat(this.all.search("harbours", 1).get(0).snippet()).contains("<mark>harbour");
		this.all.put("evil",
				Map.of("t", "<< b'\"&lt; \u0002lighthouse\u0003 & </mark <img src=x onerror=alert(1) <i <mark"));
		String snippet = this.all.search("lighthouse", 1).get(0).snippet();
		assertThat(snippet).contains("<mark>lighthouse</mark>");
		assertThat(snippet.replace("<mark>lighthouse</mark>", "")).doesNotContainPattern("[<>\"'\u0002\u0003]");
	}

	@Test
	void seesWhatHasChanged() {
		this.all.put("port", Map.of("text", "now about windmills"));
		assertThat(search("port")).containsExactly("ports");
		assertThat(search("windmill")).containsExactly("port");
		this.all.putAll(Map.of("port", Map.of("text", "now about rivers")));
		assertThat(search("river")).containsExactly("port");
		this.all.delete("ports");
		assertThat(search("port")).isEmpty();
	}

	@Test
	void keepsLongTextWholeAndIndexesItInPart() {
		StringBuilder text = new StringBuilder("first");
		for (int i = 0; text.length() < (1 << 20) - 100; i++) {
			text.append(" w").append(Integer.toString(i * 7919, 36));
		}
		this.all.put("long", Map.of("text", text.toString()));
		assertThat(this.all.get("long").orElseThrow().value()).isEqualTo(Map.of("text", text.toString()));
		assertThat(search("first")).containsExactly("long");
		assertThat(this.all.search("first", 1).get(0).snippet()).contains("<mark>first</mark>").hasSizeLessThan(2000);
	}

	@Test
	void takesWordsThatAreTooLong() {
		this.all.put("long", Map.of("text", "first " + "x".repeat(100_000) + " last"));
		assertThat(search("first last")).containsExactly("long");
		assertThat(search("x".repeat(9000))).isEmpty();
		assertThat(search("文".repeat(3000) + "\uD83D\uDE00".repeat(500))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"", "-", "or", "or or", "\"port", "port:*", "(((", "a & | ! b", "':", "\\", "<->", "%",
			"'; DROP TABLE x", "-\"", "\u0001", "\uD83D\uDE00", "http://a/b?c=d&e", "a-b-c/d.e@f" })
	void takesAnyText(String text) {
		assertThat(this.all.search(text, 10)).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " \t\n", "nul\0", "half\uD83D" })
	void refusesNoText(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.all.search(text, 10));
	}

	@Test
	void refusesBadLimits() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.all.search("port", 0)).withMessageContaining("1000");
		assertThatIllegalArgumentException().isThrownBy(() -> this.all.search("port", 1001));
		assertThatIllegalArgumentException().isThrownBy(() -> this.all.search("x".repeat(10_001), 1));
		assertThat(this.all.search("port", 1000)).hasSize(2);
	}

}
