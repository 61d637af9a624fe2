package io.ikigai.platform.caching;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The type of what Spring caches for a method: its return type, without the
 * {@link Optional}, future or publisher around it, which Spring takes off and puts back.
 */
final class CachedValueType {

	private CachedValueType() {
	}

	static Type of(Method annotated, Class<?> targetClass) {
		Method method = ClassUtils.getMostSpecificMethod(annotated, targetClass);
		Type type = GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass);
		Class<?> returned = method.getReturnType();
		if (CompletionStage.class.isAssignableFrom(returned)) {
			return withoutOptional(argument(type));
		}
		ReactiveAdapter reactive = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned);
		if (reactive != null) {
			Type element = argument(type);
			return reactive.isMultiValue()
					? ResolvableType.forClassWithGenerics(List.class, ResolvableType.forType(element)).getType()
					: element;
		}
		return withoutOptional(type);
	}

	private static Type withoutOptional(Type type) {
		return (ResolvableType.forType(type).toClass() == Optional.class) ? argument(type) : type;
	}

	private static Type argument(Type type) {
		return (type instanceof ParameterizedType parameterized) ? parameterized.getActualTypeArguments()[0]
				: Object.class;
	}

}
