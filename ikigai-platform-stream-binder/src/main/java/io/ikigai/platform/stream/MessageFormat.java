package io.ikigai.platform.stream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.PayloadException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * Messages to what the platform stores and back. JSON is stored as JSON, so that what
 * sends and receives without Spring Cloud Stream understands it; text as a JSON string,
 * all else as base64 in one, and a header says so. Safe for use by several threads.
 */
final class MessageFormat {

	/** What the payload's JSON string holds; absent for JSON itself. */
	static final String ENCODING = HeaderFormat.OWN + "payload";

	private static final String TEXT = "text";

	private static final String BASE64 = "base64";

	private final JsonMapper mapper = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	private final HeaderFormat headerFormat = new HeaderFormat(JsonMapper.builder().build());

	/**
	 * Writes a message.
	 * @param message the message
	 * @return what the platform gets
	 */
	WireMessage write(Message<?> message) {
		Map<String, String> headers = this.headerFormat.write(message.getHeaders());
		Object payload = message.getPayload();
		if (payload instanceof String text) {
			payload = text.getBytes(StandardCharsets.UTF_8);
		}
		if (!(payload instanceof byte[] bytes)) {
			// Of native encoding: the platform writes it
			headers.put(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.APPLICATION_JSON_VALUE);
			return new WireMessage(payload, headers);
		}
		MimeType type = type(headers.get(MessageHeaders.CONTENT_TYPE));
		String text = (isJson(type) || isText(type)) ? text(bytes) : null;
		if (text == null) {
			headers.put(ENCODING, BASE64);
			return new WireMessage(Base64.getEncoder().encodeToString(bytes), headers);
		}
		if (isJson(type) && holdsJson(text)) {
			return new WireMessage(new RawValue(text), headers);
		}
		headers.put(ENCODING, TEXT);
		return new WireMessage(text, headers);
	}

	private static @Nullable MimeType type(@Nullable String contentType) {
		try {
			return (contentType != null) ? MimeTypeUtils.parseMimeType(contentType) : null;
		}
		catch (InvalidMimeTypeException ex) {
			return null;
		}
	}

	private static boolean isJson(@Nullable MimeType type) {
		return type == null || type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
	}

	private static boolean isText(@Nullable MimeType type) {
		return type != null && type.getType().equals("text");
	}

	/**
	 * Reads UTF-8.
	 * @return {@code null} if it is none, or holds a NUL, which no backend takes
	 */
	private static @Nullable String text(byte[] bytes) {
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
			return (text.indexOf('\0') < 0) ? text : null;
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

	private boolean holdsJson(String text) {
		try {
			return !this.mapper.readTree(text).isMissingNode();
		}
		catch (JacksonException ex) {
			return false;
		}
	}

	/**
	 * Reads the headers of what was received.
	 * @param headers the platform's headers
	 * @return the headers of the message, the content type included
	 */
	Map<String, Object> readHeaders(Map<String, String> headers) {
		Map<String, Object> read = new LinkedHashMap<>(this.headerFormat.read(headers));
		read.putIfAbsent(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.APPLICATION_JSON_VALUE);
		return read;
	}

	/**
	 * Reads the payload of what was received.
	 * @param json the platform's payload
	 * @param headers the platform's headers
	 * @return the bytes that were sent; JSON is equal as JSON, not byte for byte
	 * @throws PayloadException if it is not what its header says
	 */
	byte[] readPayload(String json, Map<String, String> headers) {
		String encoding = headers.get(ENCODING);
		if (encoding == null) {
			return json.getBytes(StandardCharsets.UTF_8);
		}
		try {
			String text = this.mapper.readValue(json, String.class);
			return switch (encoding) {
				case TEXT -> text.getBytes(StandardCharsets.UTF_8);
				case BASE64 -> Base64.getDecoder().decode(text);
				default -> throw new IllegalArgumentException("only text and base64 are known");
			};
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new PayloadException("The payload is not what its header %s = %s says: %s".formatted(ENCODING,
					encoding, ex.getMessage()), ex);
		}
	}

	/**
	 * Opens what was published on a topic.
	 * @param json what was published
	 * @return payload and headers; without headers if another than this binder published
	 * it
	 */
	Published open(String json) {
		if (json.contains(WireMessage.ENVELOPE)) {
			JsonNode envelope = this.mapper.readTree(json);
			JsonNode headers = envelope.path(WireMessage.ENVELOPE).path(WireMessage.HEADERS);
			if (headers.isObject() && envelope.has(WireMessage.PAYLOAD)) {
				Map<String, String> read = new LinkedHashMap<>();
				headers.properties().forEach((header) -> read.put(header.getKey(), header.getValue().asString("")));
				return new Published(envelope.get(WireMessage.PAYLOAD).toString(), read);
			}
		}
		return new Published(json, Map.of());
	}

	/**
	 * What was published.
	 *
	 * @param json the payload
	 * @param headers the headers
	 */
	record Published(String json, Map<String, String> headers) {
	}

}
