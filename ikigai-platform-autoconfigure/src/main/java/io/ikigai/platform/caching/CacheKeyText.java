package io.ikigai.platform.caching;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * The key of a region for a key of Spring's caching: the same in every process, different
 * for different keys. Text, numbers and the like are their text; several arguments are a
 * list, with text in quotes; what is too long or cannot be stored is its SHA-256.
 */
final class CacheKeyText {

	private static final int LONGEST = 255;

	private static final Field PARAMS = paramsOfSimpleKey();

	private CacheKeyText() {
	}

	private static Field paramsOfSimpleKey() {
		Field params = ReflectionUtils.findField(SimpleKey.class, "params");
		Assert.state(params != null, "SimpleKey has no field 'params'");
		ReflectionUtils.makeAccessible(params);
		return params;
	}

	static String of(Object key) {
		String text = isComposite(key) ? part(key) : text(key);
		if (text.isEmpty() || text.length() > LONGEST || text.indexOf('\0') >= 0
				|| !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
			return "sha256:" + sha256(text);
		}
		return text;
	}

	private static boolean isComposite(Object key) {
		return key instanceof SimpleKey || key instanceof Iterable<?> || key instanceof Map<?, ?>
				|| key.getClass().isArray();
	}

	// SimpleKey's own text does not tell ["a, b"] from ["a", "b"].
	private static String part(@Nullable Object value) {
		if (value == null) {
			return "null";
		}
		if (value instanceof SimpleKey key) {
			return part(ReflectionUtils.getField(PARAMS, key));
		}
		if (value instanceof List<?> list) {
			return list(list.stream().map(CacheKeyText::part));
		}
		if (value instanceof Set<?> set) {
			return list(set.stream().map(CacheKeyText::part).sorted());
		}
		if (value instanceof Map<?, ?> map) {
			return map.entrySet()
				.stream()
				.map((entry) -> part(entry.getKey()) + ":" + part(entry.getValue()))
				.sorted()
				.collect(Collectors.joining(",", "{", "}"));
		}
		if (value.getClass().isArray()) {
			return list(IntStream.range(0, Array.getLength(value)).mapToObj((i) -> part(Array.get(value, i))));
		}
		String text = text(value);
		return (value instanceof Number || value instanceof Boolean) ? text
				: '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

	private static String list(Stream<String> parts) {
		return parts.collect(Collectors.joining(",", "[", "]"));
	}

	private static String text(Object value) {
		if (value instanceof Class<?> type) {
			return type.getName();
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		// Object's own text holds the address: another one for each object and process.
		Method toString = ReflectionUtils.findMethod(value.getClass(), "toString");
		if (toString == null || toString.getDeclaringClass() == Object.class) {
			throw new IllegalArgumentException("A " + value.getClass().getName()
					+ " cannot be part of a cache key: it has no toString() of its own. Name a key, such as "
					+ "@Cacheable(key = \"#order.id\"), or give it one");
		}
		return value.toString();
	}

	private static String sha256(String text) {
		try {
			// The bare characters: an encoding replaces what it does not know.
			ByteBuffer characters = ByteBuffer.allocate(text.length() * Character.BYTES);
			characters.asCharBuffer().put(text);
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(characters.array()));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

}
