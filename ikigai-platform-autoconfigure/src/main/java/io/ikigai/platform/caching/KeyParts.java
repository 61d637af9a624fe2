package io.ikigai.platform.caching;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * Writes keys by their content, so that what is not equal is not written alike: text in
 * quotes, several arguments as a list, all but the commonest types with their names.
 * {@code toString()} is used only for types of the JDK whose text is known to tell all
 * their values apart.
 */
final class KeyParts {

	private static final int DEEPEST = 100;

	private static final Field PARAMS = paramsOfSimpleKey();

	private static final Set<Class<?>> TOLD_BY_TEXT = Set.of(Byte.class, Short.class, Float.class, Double.class,
			Character.class, BigInteger.class, BigDecimal.class, UUID.class, Instant.class, LocalDate.class,
			LocalTime.class, LocalDateTime.class, OffsetDateTime.class, OffsetTime.class, ZonedDateTime.class,
			Duration.class, Period.class, Year.class, YearMonth.class, MonthDay.class, URI.class, Currency.class,
			OptionalInt.class, OptionalLong.class, OptionalDouble.class);

	private KeyParts() {
	}

	private static Field paramsOfSimpleKey() {
		Field params = ReflectionUtils.findField(SimpleKey.class, "params");
		Assert.state(params != null, "SimpleKey has no field 'params'");
		ReflectionUtils.makeAccessible(params);
		return params;
	}

	static String write(Object key) {
		return part(key, 0);
	}

	private static String part(@Nullable Object value, int depth) {
		if (depth > DEEPEST) {
			throw new IllegalArgumentException("A cache key is nested at most " + DEEPEST
					+ " levels deep. Name a key, such as @Cacheable(key = \"#order.id\")");
		}
		if (value == null) {
			return "null";
		}
		if (value instanceof String text) {
			return quoted(text);
		}
		if (value instanceof Boolean || value instanceof Integer) {
			return value.toString();
		}
		if (value instanceof Long) {
			return value + "L";
		}
		if (value instanceof SimpleKey key) {
			// SimpleKey's own text does not tell ["a, b"] from ["a", "b"].
			return array(ReflectionUtils.getField(PARAMS, key), depth);
		}
		String structure = structure(value, depth + 1);
		return (structure != null) ? structure : simple(value);
	}

	private static @Nullable String structure(Object value, int depth) {
		if (value instanceof List<?> list) {
			return "(List)" + list(list.stream().map((element) -> part(element, depth)));
		}
		if (value instanceof Set<?> set) {
			return "(Set)" + list(set.stream().map((element) -> part(element, depth)).sorted());
		}
		if (value instanceof Map<?, ?> map) {
			return map.entrySet()
				.stream()
				.map((entry) -> part(entry.getKey(), depth) + ":" + part(entry.getValue(), depth))
				.sorted()
				.collect(Collectors.joining(",", "{", "}"));
		}
		if (value instanceof Map.Entry<?, ?> entry) {
			return "(Entry)[" + part(entry.getKey(), depth) + "," + part(entry.getValue(), depth) + "]";
		}
		if (value instanceof Optional<?> optional) {
			return "(Optional)" + list(optional.stream().map((element) -> part(element, depth)));
		}
		if (value instanceof byte[] bytes) {
			return typed("byte[]", HexFormat.of().formatHex(bytes));
		}
		if (value.getClass().isArray()) {
			// Arrays of objects are equal by their elements, whatever their type.
			Class<?> element = value.getClass().getComponentType();
			return "(" + (element.isPrimitive() ? element.getName() : "") + "[])" + array(value, depth);
		}
		if (value instanceof Record) {
			return record(value, depth);
		}
		// Other collections, such as queues and the values of a map. Those of a library
		// may
		// hold more than their elements.
		if (value instanceof Collection<?> elements && value.getClass().getName().startsWith("java.util.")) {
			return "(" + value.getClass().getName() + ")"
					+ list(elements.stream().map((element) -> part(element, depth)));
		}
		return null;
	}

	private static String array(@Nullable Object array, int depth) {
		Object elements = (array != null) ? array : new Object[0];
		return list(IntStream.range(0, Array.getLength(elements)).mapToObj((i) -> part(Array.get(elements, i), depth)));
	}

	// By the fields: toString() and accessors may be written by hand, and the generated
	// toString() tells neither arrays nor {"a, b=c"} from {"a", "c"}.
	private static String record(Object value, int depth) {
		Class<?> type = value.getClass();
		return Arrays.stream(type.getRecordComponents())
			.map((component) -> component.getName() + ":" + part(field(value, component), depth))
			.collect(Collectors.joining(",", "(" + type.getName() + "){", "}"));
	}

	private static @Nullable Object field(Object value, RecordComponent component) {
		try {
			Field field = component.getDeclaringRecord().getDeclaredField(component.getName());
			field.setAccessible(true);
			return field.get(value);
		}
		catch (NoSuchFieldException | IllegalAccessException | InaccessibleObjectException ex) {
			throw new IllegalArgumentException(refusal(value.getClass(), "its fields cannot be read"), ex);
		}
	}

	private static String simple(Object value) {
		Class<?> type = value.getClass();
		if (TOLD_BY_TEXT.contains(type)) {
			return typed(type.getSimpleName(), value.toString());
		}
		if (value instanceof Enum<?> constant) {
			return typed(constant.getDeclaringClass().getName(), constant.name());
		}
		if (value instanceof Class<?> named) {
			return typed("Class", named.getName());
		}
		if (value instanceof ZoneId zone) {
			return typed((zone instanceof java.time.ZoneOffset) ? "ZoneOffset" : "ZoneId", zone.getId());
		}
		if (value instanceof Charset charset) {
			return typed("Charset", charset.name());
		}
		// Its text has no milliseconds, and its subclasses are equal to it or not,
		// depending
		// on the caller.
		if (type == Date.class) {
			return typed("Date", ((Date) value).toInstant().toString());
		}
		if (value instanceof Locale locale && locale.equals(Locale.forLanguageTag(locale.toLanguageTag()))) {
			return typed("Locale", locale.toLanguageTag());
		}
		throw new IllegalArgumentException(refusal(type, "its values cannot be told apart in every process"));
	}

	private static String refusal(Class<?> type, String reason) {
		return "A " + type.getName() + " cannot be part of a cache key: " + reason
				+ ". Name a key of texts, numbers, enums, dates, UUIDs, or records, collections and arrays of them, such "
				+ "as @Cacheable(key = \"#order.id\")";
	}

	private static String list(Stream<String> parts) {
		return parts.collect(Collectors.joining(",", "[", "]"));
	}

	private static String typed(String type, String text) {
		return "(" + type + ")" + quoted(text);
	}

	private static String quoted(String text) {
		return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

}
