package io.ikigai.platform.ai;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Metadata as other stores of Spring AI return them: decimals are {@link Double}, unless
 * that would change them.
 */
final class PlainNumbers {

	private PlainNumbers() {
	}

	/**
	 * Returns a map whose decimals are plain, at any depth, without what is null.
	 */
	static Map<String, Object> in(Map<String, Object> metadata) {
		Map<String, Object> plain = new LinkedHashMap<>();
		metadata.forEach((key, value) -> {
			Object read = in(value);
			if (read != null) {
				plain.put(key, read);
			}
		});
		return plain;
	}

	static @Nullable Object in(@Nullable Object value) {
		if (value instanceof BigDecimal decimal) {
			double number = decimal.doubleValue();
			boolean exact = !Double.isInfinite(number) && BigDecimal.valueOf(number).compareTo(decimal) == 0;
			return exact ? (Object) number : decimal;
		}
		if (value instanceof Map<?, ?> map) {
			Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
			map.forEach((key, element) -> plain.put(key, in(element)));
			return plain;
		}
		if (value instanceof List<?> list) {
			List<@Nullable Object> plain = new ArrayList<>();
			list.forEach((element) -> plain.add(in(element)));
			return plain;
		}
		return value;
	}

}
