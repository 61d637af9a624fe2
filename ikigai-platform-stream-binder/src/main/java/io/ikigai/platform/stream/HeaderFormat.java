package io.ikigai.platform.stream;

import java.io.File;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.Base64;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.MimeType;

/**
 * Headers to text and back. Text travels as it is; what else there is travels as JSON,
 * and one header says which those are. No header names a class.
 */
final class HeaderFormat {

	/** Of this binder's own headers, which are made anew for each message. */
	static final String OWN = "ikigai_";

	/** Which headers are not text, and what they are instead: a JSON object. */
	static final String KINDS = OWN + "headers";

	private static final Log logger = LogFactory.getLog(HeaderFormat.class);

	private static final String JSON = "json";

	private static final String LONG = "long";

	private static final String BYTES = "bytes";

	private static final String DECIMAL = "decimal";

	private static final int MOST_TOLD = 1000;

	/** What is written as its text, and received as text. */
	private static final List<Class<?>> TEXT = List.of(CharSequence.class, Character.class, MimeType.class, UUID.class,
			Enum.class, Temporal.class, TemporalAmount.class, ZoneId.class, URI.class, URL.class, Currency.class,
			Charset.class, Path.class, File.class);

	/** What means something in this process only. */
	private static final Set<String> LOCAL = Set.of(MessageHeaders.ID, MessageHeaders.TIMESTAMP,
			MessageHeaders.REPLY_CHANNEL, MessageHeaders.ERROR_CHANNEL, IntegrationMessageHeaderAccessor.SOURCE_DATA,
			IntegrationMessageHeaderAccessor.DELIVERY_ATTEMPT, IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK,
			IntegrationMessageHeaderAccessor.CLOSEABLE_RESOURCE, BinderHeaders.PARTITION_OVERRIDE,
			BinderHeaders.BATCH_HEADERS);

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	private final JsonMapper mapper;

	HeaderFormat(JsonMapper mapper) {
		this.mapper = mapper;
	}

	Map<String, String> write(Map<String, Object> headers) {
		Map<String, String> written = new LinkedHashMap<>();
		Map<String, String> kinds = new LinkedHashMap<>();
		headers.forEach((name, value) -> {
			if (value != null && !LOCAL.contains(name) && !name.startsWith(OWN)) {
				write(name, value, written, kinds);
			}
		});
		if (!kinds.isEmpty()) {
			written.put(KINDS, this.mapper.writeValueAsString(kinds));
		}
		return written;
	}

	private void write(String name, Object value, Map<String, String> written, Map<String, String> kinds) {
		if (TEXT.stream().anyMatch((type) -> type.isInstance(value))) {
			written.put(name, value.toString());
		}
		else if (value instanceof Date date) {
			written.put(name, Instant.ofEpochMilli(date.getTime()).toString());
		}
		else if (value instanceof Locale locale) {
			written.put(name, locale.toLanguageTag());
		}
		else if (value instanceof TimeZone zone) {
			written.put(name, zone.getID());
		}
		else if (value instanceof Optional<?> optional) {
			optional.ifPresent((held) -> write(name, held, written, kinds));
		}
		else if (value instanceof byte[] bytes) {
			written.put(name, Base64.getEncoder().encodeToString(bytes));
			kinds.put(name, BYTES);
		}
		else if (isData(value)) {
			try {
				written.put(name, this.mapper.writeValueAsString(value));
				kinds.put(name, (value instanceof Long) ? LONG : (value instanceof BigDecimal) ? DECIMAL : JSON);
			}
			catch (JacksonException ex) {
				tell(name, value, "cannot be written as JSON: " + ex.getOriginalMessage());
			}
		}
		else {
			tell(name, value, "is no data; send a text, a number, a date, a collection, a map or a record");
		}
	}

	// What an application sets and another one misses is to be found in the log, once.
	private void tell(String name, Object value, String reason) {
		String what = "Header '%s' does not travel with messages: a %s ".formatted(name, value.getClass().getName())
				+ reason;
		if (this.told.size() < MOST_TOLD && this.told.add(name + ' ' + value.getClass().getName())) {
			logger.warn(what);
		}
		else {
			logger.debug(what);
		}
	}

	private static boolean isData(Object value) {
		return value instanceof Number || value instanceof Boolean || value instanceof Collection<?>
				|| value instanceof Map<?, ?> || value instanceof Record || value instanceof JsonNode
				|| value.getClass().isArray();
	}

	Map<String, Object> read(Map<String, String> headers) {
		Map<String, Object> read = new LinkedHashMap<>();
		Map<?, ?> kinds = kinds(headers.get(KINDS));
		headers.forEach((name, text) -> {
			if (!name.startsWith(OWN)) {
				read.put(name, read(name, text, kinds.get(name)));
			}
		});
		return read;
	}

	private Map<?, ?> kinds(@Nullable String json) {
		if (json != null) {
			try {
				return this.mapper.readValue(json, Map.class);
			}
			catch (JacksonException ex) {
				logger.debug("The header '" + KINDS + "' is not what this binder writes", ex);
			}
		}
		return Map.of();
	}

	private Object read(String name, String text, @Nullable Object kind) {
		try {
			if (LONG.equals(kind)) {
				return Long.valueOf(text);
			}
			if (DECIMAL.equals(kind)) {
				return new BigDecimal(text);
			}
			if (BYTES.equals(kind)) {
				return Base64.getDecoder().decode(text);
			}
			return (JSON.equals(kind)) ? this.mapper.readValue(text, Object.class) : text;
		}
		catch (JacksonException | IllegalArgumentException ex) {
			logger.debug("Header '%s' is not what '%s' says; it is left as text".formatted(name, KINDS), ex);
			return text;
		}
	}

}
