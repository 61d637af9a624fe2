package io.ikigai.platform.runtime;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Refuses mappers that instantiate classes which the data name, for values of any type:
 * Jackson's default typing, also as a mix-in of a type that everything is.
 */
final class ClassesFromData {

	private static final List<Class<?>> OPEN = List.of(Object.class, Serializable.class, Comparable.class,
			Iterable.class, Collection.class, List.class, Map.class, Number.class, CharSequence.class);

	private ClassesFromData() {
	}

	static void refuse(JsonMapper mapper) {
		String typing = find(mapper.deserializationConfig());
		typing = (typing != null) ? typing : find(mapper.serializationConfig());
		if (typing != null) {
			throw new IllegalArgumentException("The JsonMapper has " + typing
					+ ": the writer of a payload would choose the classes that are instantiated");
		}
	}

	private static @Nullable String find(MapperConfig<?> config) {
		if (config.getDefaultTyper(config.constructType(Object.class)) != null) {
			return "default typing";
		}
		for (Class<?> type : OPEN) {
			Class<?> mixIn = config.findMixInClassFor(type);
			JsonTypeInfo info = (mixIn != null) ? AnnotatedElementUtils.findMergedAnnotation(mixIn, JsonTypeInfo.class)
					: null;
			if (info != null && info.use() != JsonTypeInfo.Id.NONE) {
				return "a mix-in of " + type.getName() + " with @JsonTypeInfo";
			}
		}
		return null;
	}

}
