package io.ikigai.platform.runtime;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.ikigai.platform.TypeRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Payloads to JSON and back.
 */
class PayloadJsonTests {

	private static final String JSON = "{\"a\":12345678901234567890.12,\"b\":[1.50,0.1],\"c\":{\"d\":1E+400,\"e\":0}}";

	private final PayloadJson json = new PayloadJson(JsonMapper.shared(), 1024 * 1024);

	private static PolymorphicTypeValidator anything() {
		return BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build();
	}

	@Test
	void changesNoDecimalOfATree() {
		JsonNode tree = this.json.read("x", JSON, JsonNode.class);
		assertThat(this.json.write("x", tree)).isEqualTo(JSON);
		assertThat(this.json.write("x", this.json.read("x", JSON, Object.class))).isEqualTo(JSON);
		assertThat(this.json.write("x", Map.of("v", this.json.read("x", JSON, Map.class))))
			.isEqualTo("{\"v\":" + JSON + "}");
		Holder held = this.json.read("x", "{\"tree\":" + JSON + ",\"any\":" + JSON + ",\"number\":1.50}", Holder.class);
		assertThat(this.json.write("x", held.tree)).isEqualTo(JSON);
		assertThat(this.json.write("x", held.any)).isEqualTo(JSON);
		assertThat(held.number).isEqualTo(new BigDecimal("1.50"));
		List<JsonNode> trees = this.json.read("x", "[" + JSON + "]", new TypeRef<List<JsonNode>>() {
		});
		assertThat(this.json.write("x", trees)).isEqualTo("[" + JSON + "]");
	}

	@Test
	void writesTreesAndOwnFormatsHoweverTheMapperIsConfigured() {
		PayloadJson odd = new PayloadJson(JsonMapper.builder()
			.enable(SerializationFeature.WRAP_ROOT_VALUE)
			.changeDefaultPropertyInclusion((all) -> all.withValueInclusion(JsonInclude.Include.NON_DEFAULT)
				.withContentInclusion(JsonInclude.Include.NON_DEFAULT))
			.build(), 1024 * 1024);
		assertThat(odd.write("x", OwnJson.tree(Map.of("count", 0)))).isEqualTo("{\"count\":0}");
		assertThat(odd.write("x", Map.of("count", 1))).isNotEqualTo("{\"count\":1}");
		assertThat(odd.ofOwnFormats().write("x", Map.of("count", 0))).isEqualTo("{\"count\":0}");
	}

	@ParameterizedTest
	@MethodSource
	void refusesMappersThatLetTheDataNameClasses(JsonMapper mapper) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PayloadJson(mapper, 1024))
			.withMessageContaining("choose the classes");
	}

	static List<JsonMapper> refusesMappersThatLetTheDataNameClasses() {
		return List.of(JsonMapper.builder().activateDefaultTyping(anything()).build(),
				JsonMapper.builder().activateDefaultTyping(anything(), DefaultTyping.JAVA_LANG_OBJECT).build(),
				JsonMapper.builder()
					.activateDefaultTypingAsProperty(anything(), DefaultTyping.NON_FINAL, "@type")
					.build(),
				JsonMapper.builder().addMixIn(Object.class, ByClass.class).build(),
				JsonMapper.builder().addMixIn(Map.class, ByClass.class).build());
	}

	record Holder(JsonNode tree, Object any, Number number) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	interface ByClass {

	}

}
