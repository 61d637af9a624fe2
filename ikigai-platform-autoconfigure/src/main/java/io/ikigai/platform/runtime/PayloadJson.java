package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.TypeRef;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads to JSON and back, within the limits. The type that JSON is read as comes from
 * the caller, never from the data. Decimals that are read without a type of their own
 * keep all their digits. Trees are JSON already: how the mapper is configured does not
 * change them. Safe for use by several threads.
 */
public final class PayloadJson {

	private final JsonMapper mapper;

	private final ObjectReader reader;

	private final JsonMapper trees;

	private final long maxBytes;

	/**
	 * Creates the conversion.
	 * @param mapper the application's mapper
	 * @param maxBytes the largest payload as UTF-8, in bytes
	 * @throws IllegalArgumentException if the mapper lets the data name classes
	 */
	public PayloadJson(JsonMapper mapper, long maxBytes) {
		ClassesFromData.refuse(mapper);
		this.mapper = mapper;
		this.reader = mapper.reader()
			.with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.with(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
		this.trees = OwnJson.exact(mapper.tokenStreamFactory());
		this.maxBytes = maxBytes;
	}

	/**
	 * Returns the conversion of the platform's own formats, which no setting of the
	 * application's mapper changes, within the same limits.
	 * @return the conversion
	 */
	public PayloadJson ofOwnFormats() {
		return new PayloadJson(OwnJson.MAPPER, this.maxBytes);
	}

	String write(String what, @Nullable Object payload) {
		if (payload == null) {
			throw new IllegalArgumentException("The payload of a " + what + " must not be null");
		}
		String json;
		try {
			json = ((payload instanceof JsonNode) ? this.trees : this.mapper).writeValueAsString(payload);
		}
		catch (JacksonException ex) {
			throw new PayloadException("The payload of a " + what + ", a " + payload.getClass().getName()
					+ ", cannot be written as JSON: " + ex.getOriginalMessage(), ex);
		}
		check(what, json);
		return json;
	}

	/**
	 * Writes a payload that a store is to take, whose own limit may be the smaller one.
	 */
	String write(String what, @Nullable Object payload, Object store) {
		String json = write(what, payload);
		long limit = limitOf(store);
		if (larger(json, limit)) {
			throw tooLarge(what, json, limit,
					"The backend takes no more: raise its own limit, or use another backend for this service");
		}
		return json;
	}

	static long limitOf(Object store) {
		return (store instanceof PayloadLimit limit) ? limit.maxPayloadBytes() : Long.MAX_VALUE;
	}

	// A character takes at least one byte and at most three.
	private static boolean larger(String json, long maxBytes) {
		return json.length() > maxBytes
				|| (json.length() * 3L > maxBytes && json.getBytes(StandardCharsets.UTF_8).length > maxBytes);
	}

	private static PayloadException tooLarge(String what, String json, long maxBytes, String wayOut) {
		return new PayloadException(
				"The payload of a " + what + " has " + json.getBytes(StandardCharsets.UTF_8).length
						+ " bytes as JSON; at most " + maxBytes + " are taken. Send a reference to it. " + wayOut,
				null);
	}

	private void check(String what, String json) {
		if (larger(json, this.maxBytes)) {
			throw tooLarge(what, json, this.maxBytes, "Or raise ikigai.payload.max-size");
		}
		int flaw = UnstorableText.findInJson(json);
		if (flaw >= 0) {
			throw new PayloadException("The payload of a " + what + " must not hold " + UnstorableText.WHAT
					+ "; its JSON does at position " + flaw, null);
		}
		try {
			long growth = StorableJson.growth(this.mapper, json);
			if (growth > 0 && growth + json.getBytes(StandardCharsets.UTF_8).length > this.maxBytes) {
				throw new PayloadException("The payload of a " + what + " has more than " + this.maxBytes
						+ " bytes when its numbers are written with all their digits. Send them as texts, or a "
						+ "reference to it. Or raise ikigai.payload.max-size", null);
			}
		}
		catch (StorableJson.Flaw ex) {
			throw new PayloadException("The payload of a " + what + " " + ex.getMessage(), ex.getCause());
		}
	}

	<T> T read(String what, String json, Type type) {
		try {
			JavaType target = this.mapper.constructType(type);
			T value = target.isTypeOrSubTypeOf(JsonNode.class) ? this.trees.readValue(json, target)
					: this.reader.forType(target).readValue(json);
			if (value == null) {
				throw new PayloadException("The payload of " + what + " is null, which is no " + type.getTypeName(),
						null);
			}
			return value;
		}
		catch (JacksonException ex) {
			throw new PayloadException("The payload of " + what + " does not fit " + type.getTypeName() + place(ex)
					+ ": " + ex.getOriginalMessage(), ex);
		}
	}

	private static String place(JacksonException ex) {
		StringBuilder place = new StringBuilder();
		for (JacksonException.Reference step : ex.getPath()) {
			if (step.getPropertyName() == null) {
				place.append('[').append(step.getIndex()).append(']');
			}
			else {
				place.append(place.isEmpty() ? "" : ".").append(step.getPropertyName());
			}
		}
		return place.isEmpty() ? "" : " at " + place;
	}

	/**
	 * Tells whether two texts are the same JSON: neither order nor the way a number is
	 * written counts.
	 */
	boolean same(String json, String other) {
		return this.trees.readTree(json).equals(PayloadJson::compare, this.trees.readTree(other));
	}

	private static int compare(JsonNode left, JsonNode right) {
		if (left.isNumber() && right.isNumber()) {
			return left.decimalValue().compareTo(right.decimalValue());
		}
		return left.equals(right) ? 0 : 1;
	}

	<T> T read(String what, String json, TypeRef<T> type) {
		return read(what, json, type.type());
	}

}
