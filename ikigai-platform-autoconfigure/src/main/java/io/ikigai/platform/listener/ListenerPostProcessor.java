package io.ikigai.platform.listener;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.stereotype.Component;

/**
 * Finds methods and classes with a listener's annotation in the application's beans and
 * registers a listener for each annotation, once all singletons are there. Needs further
 * beans only if there are any.
 *
 * @param <A> the annotation
 */
public abstract class ListenerPostProcessor<A extends Annotation>
		implements BeanPostProcessor, SmartInitializingSingleton, BeanFactoryAware {

	private final Class<A> annotation;

	private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();

	private final List<Found<A>> found = new ArrayList<>();

	/** The names of the beans that were processed before all singletons were there. */
	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	private @Nullable ConfigurableBeanFactory beanFactory;

	private volatile boolean singletonsReady;

	ListenerPostProcessor(Class<A> annotation) {
		this.annotation = annotation;
	}

	/**
	 * Registers a listener.
	 * @param annotation the annotation
	 * @param handlers the method that bears it, or the methods of the class that does
	 * @param beans the application's beans
	 * @return its container
	 */
	abstract ListenerContainer register(MergedAnnotation<A> annotation, List<Handler> handlers,
			ConfigurableBeanFactory beans);

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableBeanFactory) beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
		if (!this.singletonsReady && !(bean instanceof FactoryBean)) {
			this.seen.add(beanName);
		}
		if (!this.withoutListeners.contains(type) && !isOfSpring(type)
				&& !ScopedListeners.isProxy(beanName, this.beanFactory)) {
			process(type, bean, beanName);
		}
		return bean;
	}

	// Most beans of an application are Spring's own; to look at all their methods would
	// take a tenth of its start. Spring's own @EventListener draws the same line.
	private static boolean isOfSpring(Class<?> type) {
		return type.getName().startsWith("org.springframework.")
				&& !AnnotatedElementUtils.isAnnotated(type, Component.class);
	}

	private void process(Class<?> type, Object bean, String beanName) {
		inspect(type, beanName);
		Map<Method, List<MergedAnnotation<A>>> methods = find(type);
		List<MergedAnnotation<A>> ofClass = annotations(type);
		if (methods.isEmpty() && ofClass.isEmpty()) {
			this.withoutListeners.add(type);
			return;
		}
		ScopedListeners.refuse(this.annotation, type, beanName, this.beanFactory);
		methods.forEach((method, annotations) -> {
			Handler handler = handler(bean, beanName, method, Set.of());
			annotations.forEach((each) -> add(each, () -> List.of(handler)));
		});
		ofClass.forEach((each) -> add(each, () -> ClassHandlers.of(each, bean, beanName)));
	}

	/**
	 * Refuses what a bean declares beside listeners and would never take effect.
	 * @param type the bean's class, without proxies
	 * @param beanName its name
	 */
	void inspect(Class<?> type, String beanName) {
	}

	/**
	 * Asks whether beans of a class have listeners.
	 * @param type the class
	 * @return whether it declares or inherits any
	 */
	final boolean declares(Class<?> type) {
		return !isOfSpring(type) && (!find(type).isEmpty() || !annotations(type).isEmpty());
	}

	private Map<Method, List<MergedAnnotation<A>>> find(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, this.annotation)) {
			return Map.of();
		}
		MetadataLookup<List<MergedAnnotation<A>>> lookup = (method) -> {
			List<MergedAnnotation<A>> annotations = annotations(method);
			return (annotations.isEmpty()) ? null : annotations;
		};
		return MethodIntrospector.selectMethods(type, lookup);
	}

	/**
	 * Returns the annotations of a method or a class, or else those of what it overrides.
	 */
	private List<MergedAnnotation<A>> annotations(AnnotatedElement declares) {
		List<MergedAnnotation<A>> all = MergedAnnotations.from(declares, SearchStrategy.TYPE_HIERARCHY)
			.stream(this.annotation)
			.toList();
		int nearest = all.stream().mapToInt(MergedAnnotation::getAggregateIndex).min().orElse(0);
		return all.stream().filter((each) -> each.getAggregateIndex() == nearest).toList();
	}

	/**
	 * Describes a method of a bean.
	 * @param bean the bean, with its proxies
	 * @param beanName its name
	 * @param method the method as the bean's class declares it
	 * @param types what it handles of a listening class
	 * @return the handler
	 */
	static Handler handler(Object bean, String beanName, Method method, Set<String> types) {
		return new Handler(bean, beanName, AopProxyUtils.ultimateTargetClass(bean), method,
				invocable(method, bean, beanName), types);
	}

	private static Method invocable(Method method, Object bean, String beanName) {
		try {
			return AopUtils.selectInvocableMethod(method, bean.getClass());
		}
		catch (IllegalStateException ex) {
			throw new InvalidListenerException(
					"The listener method %s.%s cannot be called on the proxy of bean '%s': %s".formatted(
							method.getDeclaringClass().getName(), method.getName(), beanName, ex.getMessage()),
					ex);
		}
	}

	/**
	 * Returns the annotation that is looked for.
	 */
	final Class<A> annotation() {
		return this.annotation;
	}

	/**
	 * Registers a listener that is not declared by a bean.
	 * @param annotation what it would bear
	 * @param handler the method that handles
	 * @return its container
	 */
	final ListenerContainer register(MergedAnnotation<A> annotation, Handler handler) {
		return register(annotation, List.of(handler), Objects.requireNonNull(this.beanFactory, "beanFactory"));
	}

	private void add(MergedAnnotation<A> annotation, Supplier<List<Handler>> handlers) {
		Found<A> listener = new Found<>(handlers, annotation);
		synchronized (this.found) {
			if (!this.singletonsReady) {
				this.found.add(listener);
				return;
			}
		}
		register(List.of(listener));
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.beanFactory instanceof ConfigurableListableBeanFactory beans) {
			new UnseenListeners(this, beans).find(this.seen)
				.forEach((name, bean) -> process(AopProxyUtils.ultimateTargetClass(bean), bean, name));
		}
		List<Found<A>> listeners;
		synchronized (this.found) {
			this.singletonsReady = true;
			listeners = List.copyOf(this.found);
			this.found.clear();
		}
		register(listeners);
		this.seen.clear();
		this.withoutListeners.clear();
	}

	private void register(List<Found<A>> listeners) {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beanFactory, "beanFactory");
		listeners.forEach((listener) -> register(listener.annotation(), listener.handlers().get(), beans));
	}

	private record Found<A extends Annotation>(Supplier<List<Handler>> handlers, MergedAnnotation<A> annotation) {
	}

}
