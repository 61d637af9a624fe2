package io.ikigai.platform.listener;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Takes listeners that are known only when the application runs: those of
 * {@link ListenerConfigurer}s, and of whoever injects it. They are what the annotation
 * with the same attributes would be. Safe for use by several threads.
 */
public final class ListenerRegistrar implements SmartInitializingSingleton {

	private final ObjectProvider<ListenerConfigurer> configurers;

	private final ObjectProvider<ListenerPostProcessor<?>> annotations;

	/**
	 * Creates the registrar.
	 * @param configurers who adds listeners when the application starts
	 * @param annotations who knows the annotations
	 */
	public ListenerRegistrar(ObjectProvider<ListenerConfigurer> configurers,
			ObjectProvider<ListenerPostProcessor<?>> annotations) {
		this.configurers = configurers;
		this.annotations = annotations;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.configurers.orderedStream().forEach((configurer) -> configurer.configure(this));
	}

	/**
	 * Adds a listener. Once the application runs, it starts at once.
	 * @param annotation what it would bear, such as
	 * {@link io.ikigai.platform.queue.IkigaiTaskListener}
	 * @param attributes the attributes of the annotation, by their names, and taken as
	 * they are: no {@code ${…}} and {@code #{…}} is resolved, since names may come from
	 * data
	 * @param bean the object that handles, which need not be a bean
	 * @param method the name of the method that handles, of which there is one
	 * @return its container; {@link ListenerRegistry#remove} takes it away
	 * @throws IllegalArgumentException if the annotation is none of a listener or has no
	 * such attribute, or the object has no such method
	 * @throws InvalidListenerException if the annotation would be refused
	 */
	public ListenerContainer add(Class<? extends Annotation> annotation, Map<String, ?> attributes, Object bean,
			String method) {
		ListenerPostProcessor<?> processor = this.annotations.stream()
			.filter((each) -> each.annotation() == annotation)
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"@%s is none of a listener. Those there are: %s".formatted(annotation.getName(),
							this.annotations.stream().map((each) -> each.annotation().getName()).toList())));
		return add(processor, attributes, bean, method);
	}

	private static <A extends Annotation> ListenerContainer add(ListenerPostProcessor<A> processor,
			Map<String, ?> attributes, Object bean, String method) {
		Handler handler = ListenerPostProcessor.handler(bean, bean.getClass().getSimpleName(), method(bean, method),
				Set.of());
		return processor.register(MergedAnnotation.of(ListenerRegistrar.class, processor.annotation(),
				known(processor.annotation(), attributes)), handler);
	}

	private static Map<String, Object> known(Class<? extends Annotation> annotation, Map<String, ?> attributes) {
		Map<String, Class<?>> types = Stream.of(annotation.getDeclaredMethods())
			.collect(Collectors.toMap(Method::getName, Method::getReturnType));
		Map<String, Object> known = new LinkedHashMap<>();
		attributes.forEach((name, value) -> {
			Class<?> type = types.get(name);
			if (type == null) {
				throw new IllegalArgumentException("@%s has no attribute \"%s\". Those it has: %s"
					.formatted(annotation.getSimpleName(), name, types.keySet().stream().sorted().toList()));
			}
			known.put(name, (type == String.class) ? value.toString() : value);
		});
		return known;
	}

	private static Method method(Object bean, String name) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
		MetadataLookup<Boolean> named = (method) -> method.getName().equals(name) ? Boolean.TRUE : null;
		Set<Method> methods = MethodIntrospector.selectMethods(type, named).keySet();
		if (methods.size() != 1) {
			throw new IllegalArgumentException("%s has %s methods named \"%s\", where there must be one"
				.formatted(type.getName(), (methods.isEmpty()) ? "no" : methods.size(), name));
		}
		return methods.iterator().next();
	}

}
