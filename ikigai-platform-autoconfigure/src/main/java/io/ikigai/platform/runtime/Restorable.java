package io.ikigai.platform.runtime;

import java.io.Serializable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Which types JSON cannot simply be read back as, because they leave the class open: for
 * these a value is read back before it is kept.
 */
final class Restorable {

	private static final Set<Class<?>> OPEN = Set.of(Object.class, Serializable.class, Comparable.class, Number.class);

	private Restorable() {
	}

	/**
	 * Tells whether a value of this type is known to be read back only when it was tried.
	 */
	static boolean isDoubtful(Type type, Object value) {
		return isDoubtful(type) || (type instanceof Class<?> named && !named.isPrimitive()
				&& !named.getName().startsWith("java.") && named != value.getClass());
	}

	private static boolean isDoubtful(Type type) {
		if (type instanceof ParameterizedType parameterized) {
			return isDoubtful(parameterized.getRawType())
					|| Arrays.stream(parameterized.getActualTypeArguments()).anyMatch(Restorable::isDoubtful);
		}
		if (type instanceof GenericArrayType array) {
			return isDoubtful(array.getGenericComponentType());
		}
		if (!(type instanceof Class<?> named)) {
			return true;
		}
		if (named.isArray()) {
			return isDoubtful(named.getComponentType());
		}
		return OPEN.contains(named) || (!named.isPrimitive() && !named.getName().startsWith("java.")
				&& Modifier.isAbstract(named.getModifiers()));
	}

	/**
	 * Tells whether what was read back stands for the value.
	 */
	static boolean isSame(Type type, Object value, Object back) {
		if (type instanceof ParameterizedType || type instanceof GenericArrayType) {
			return isAlike(value, back, false);
		}
		boolean open = !(type instanceof Class<?> named) || OPEN.contains(named);
		return open ? isAlike(value, back, true)
				: value.getClass() == back.getClass() || type instanceof Class<?> c && c.isArray();
	}

	// JSON has one kind of number and of list. What was read as some class of its own was
	// read as what its type says.
	private static boolean isAlike(@Nullable Object value, @Nullable Object back, boolean exactly) {
		if (value == null || back == null) {
			return value == back;
		}
		if (back instanceof Map<?, ?> readMap) {
			return value instanceof Map<?, ?> map && map.size() == readMap.size()
					&& isAlike(map.values(), readMap.values(), exactly);
		}
		if (back instanceof Collection<?> readAll) {
			if (!(value instanceof Collection<?> all) || all.size() != readAll.size()) {
				return false;
			}
			Iterator<?> read = readAll.iterator();
			return all.stream().allMatch((element) -> isAlike(element, read.next(), exactly));
		}
		if (!exactly && value instanceof Number number && back instanceof Number read) {
			return new BigDecimal(number.toString()).compareTo(new BigDecimal(read.toString())) == 0;
		}
		return value.getClass() == back.getClass();
	}

}
