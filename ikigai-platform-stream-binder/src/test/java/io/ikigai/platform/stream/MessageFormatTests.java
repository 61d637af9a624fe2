package io.ikigai.platform.stream;

import java.math.BigDecimal;
import java.net.URI;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneId;
import java.util.Currency;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.UUID;

import io.ikigai.platform.PayloadException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.MimeTypeUtils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How messages look on the platform.
 */
class MessageFormatTests {

	private final MessageFormat format = new MessageFormat();

	private final JsonMapper mapper = JsonMapper.builder().build();

	private static Message<?> message(Object payload, String contentType) {
		return MessageBuilder.withPayload(payload).setHeader(MessageHeaders.CONTENT_TYPE, contentType).build();
	}

	private String json(WireMessage written) {
		return this.mapper.writeValueAsString(written.payload());
	}

	private byte[] back(WireMessage written) {
		return this.format.readPayload(json(written), written.headers());
	}

	@Test
	void leavesJsonAsItIs() {
		String json = "{\"price\": 0.10000000000000000001, \"name\": \"ü\"}";
		WireMessage written = this.format.write(message(json.getBytes(UTF_8), "application/json"));
		assertThat(json(written)).isEqualTo(json);
		assertThat(written.headers()).containsExactly(Map.entry("contentType", "application/json"));
		assertThat(back(written)).isEqualTo(json.getBytes(UTF_8));
	}

	@Test
	void takesWhatNamesNoTypeForJsonIfItIsSome() {
		assertThat(json(this.format.write(MessageBuilder.withPayload("[1]".getBytes(UTF_8)).build()))).isEqualTo("[1]");
		WireMessage binary = this.format.write(MessageBuilder.withPayload(new byte[] { -1, 0 }).build());
		assertThat(back(binary)).containsExactly(-1, 0);
	}

	@Test
	void writesTextAsAString() {
		WireMessage written = this.format.write(message("grüße \"x\"", "text/plain;charset=UTF-8"));
		assertThat(json(written)).isEqualTo("\"grüße \\\"x\\\"\"");
		assertThat(written.headers()).containsEntry(MessageFormat.ENCODING, "text");
		assertThat(back(written)).isEqualTo("grüße \"x\"".getBytes(UTF_8));
	}

	@Test
	void writesAsTextWhatClaimsToBeJson() {
		WireMessage written = this.format.write(message("hello", "application/json"));
		assertThat(written.headers()).containsEntry(MessageFormat.ENCODING, "text");
		assertThat(back(written)).isEqualTo("hello".getBytes(UTF_8));
	}

	@Test
	void writesAllElseInBase64() {
		byte[] bytes = { 0, 1, 2, (byte) 0xc3, (byte) 0x28 };
		for (String type : List.of("application/octet-stream", "text/plain", "application/json", "image/png")) {
			WireMessage written = this.format.write(message(bytes, type));
			assertThat(written.headers()).as(type).containsEntry(MessageFormat.ENCODING, "base64");
			assertThat(back(written)).as(type).isEqualTo(bytes);
		}
	}

	@Test
	void leavesNativePayloadsToThePlatform() {
		WireMessage written = this.format.write(message(Map.of("a", 1), "application/x-java-object"));
		assertThat(json(written)).isEqualTo("{\"a\":1}");
		assertThat(written.headers()).containsExactly(Map.entry("contentType", "application/json"));
	}

	@Test
	void losesNoHeaderOfACommonType() throws Exception {
		Map<String, Object> headers = new LinkedHashMap<>();
		headers.put("char", 'c');
		headers.put("uri", URI.create("https://example.org/a?b"));
		headers.put("url", URI.create("https://example.org/").toURL());
		headers.put("date", new Date(0));
		headers.put("time", new Timestamp(1));
		headers.put("duration", Duration.ofSeconds(90));
		headers.put("period", Period.ofDays(2));
		headers.put("zone", ZoneId.of("Europe/Berlin"));
		headers.put("timeZone", TimeZone.getTimeZone("UTC"));
		headers.put("locale", Locale.GERMANY);
		headers.put("currency", Currency.getInstance("EUR"));
		headers.put("charset", UTF_8);
		headers.put("optional", Optional.of(1L));
		headers.put("decimal", new BigDecimal("12345678901234567890.10"));
		headers.put("tree", this.mapper.readTree("{\"a\":1}"));
		Map<String, Object> read = this.format
			.readHeaders(this.format.write(MessageBuilder.withPayload("x").copyHeaders(headers).build()).headers());
		assertThat(read).containsKeys(headers.keySet().toArray(String[]::new))
			.containsEntry("char", "c")
			.containsEntry("uri", "https://example.org/a?b")
			.containsEntry("date", "1970-01-01T00:00:00Z")
			.containsEntry("time", "1970-01-01T00:00:00.001Z")
			.containsEntry("duration", "PT1M30S")
			.containsEntry("zone", "Europe/Berlin")
			.containsEntry("locale", "de-DE")
			.containsEntry("charset", "UTF-8")
			.containsEntry("optional", 1L)
			.containsEntry("decimal", new BigDecimal("12345678901234567890.10"))
			.containsEntry("tree", Map.of("a", 1));
	}

	@Test
	void keepsTheTypesOfData() {
		UUID id = UUID.randomUUID();
		Message<?> message = MessageBuilder.withPayload("x")
			.setHeader(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.TEXT_PLAIN)
			.setHeader("text", "1")
			.setHeader("int", 1)
			.setHeader("long", 1L)
			.setHeader("double", 1.5)
			.setHeader("flag", true)
			.setHeader("bytes", new byte[] { 1, -1 })
			.setHeader("list", List.of("a", 2))
			.setHeader("map", Map.of("a", List.of(1)))
			.setHeader("id2", id)
			.build();
		WireMessage written = this.format.write(message);
		assertThat(written.headers()).containsEntry("int", "1").containsEntry("list", "[\"a\",2]");
		assertThat(this.format.readHeaders(written.headers())).containsEntry("contentType", "text/plain")
			.containsEntry("text", "1")
			.containsEntry("int", 1)
			.containsEntry("long", 1L)
			.containsEntry("double", 1.5)
			.containsEntry("flag", true)
			.containsEntry("bytes", new byte[] { 1, -1 })
			.containsEntry("list", List.of("a", 2))
			.containsEntry("map", Map.of("a", List.of(1)))
			.containsEntry("id2", id.toString())
			.hasSize(10);
	}

	@Test
	void keepsAtHomeWhatIsNoData() {
		Message<?> message = MessageBuilder.withPayload("x")
			.setHeader("thread", Thread.currentThread())
			.setHeader(IntegrationMessageHeaderAccessor.SOURCE_DATA, "x")
			.setHeader("ikigai_payload", "base64")
			.setHeader("ikigai_attempt", 3)
			.build();
		assertThat(this.format.write(message).headers()).isEqualTo(Map.of(MessageFormat.ENCODING, "text"));
	}

	@Test
	void takesWhatComesWithoutHeadersForJson() {
		assertThat(this.format.readHeaders(Map.of())).isEqualTo(Map.of("contentType", "application/json"));
		assertThat(this.format.readPayload("\"x\"", Map.of())).isEqualTo("\"x\"".getBytes(UTF_8));
	}

	@Test
	void makesNothingOfHeadersThatLie() {
		assertThat(this.format.readHeaders(Map.of("a", "{", "b", "x", HeaderFormat.KINDS,
				"{\"a\":\"json\",\"b\":\"long\",\"c\":\"java.lang.Runtime\"}")))
			.containsEntry("a", "{")
			.containsEntry("b", "x");
		assertThat(this.format.readHeaders(Map.of("a", "1", HeaderFormat.KINDS, "no JSON"))).containsEntry("a", "1");
		assertThatExceptionOfType(PayloadException.class)
			.isThrownBy(() -> this.format.readPayload("\"%\"", Map.of(MessageFormat.ENCODING, "base64")))
			.withMessageContaining("base64");
		assertThatExceptionOfType(PayloadException.class)
			.isThrownBy(() -> this.format.readPayload("\"x\"", Map.of(MessageFormat.ENCODING, "java.lang.Runtime")))
			.withMessageContaining("only text and base64");
	}

	@Test
	void takesHeadersAlongInAnEnvelope() {
		WireMessage written = this.format.write(message("1.10".getBytes(UTF_8), "application/json"));
		MessageFormat.Published opened = this.format.open(this.mapper.writeValueAsString(written.envelope()));
		assertThat(opened.json()).isEqualTo("1.10");
		assertThat(opened.headers()).isEqualTo(written.headers());
		for (String other : List.of("{\"ikigai.stream\": 1}", "\"ikigai.stream\"",
				"{\"ikigai.stream\": {\"headers\": {}}}", "[]")) {
			assertThat(this.format.open(other)).isEqualTo(new MessageFormat.Published(other, Map.of()));
		}
		WireMessage bare = new WireMessage("x", Map.of());
		assertThat(bare.envelope()).isEqualTo("x");
	}

}
