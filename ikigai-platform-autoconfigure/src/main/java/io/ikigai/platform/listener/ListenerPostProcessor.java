package io.ikigai.platform.listener;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Finds methods with a listener's annotation in the application's beans and registers a
 * listener for each annotation, once all singletons are there. Needs further beans only
 * if there are such methods.
 *
 * @param <A> the annotation
 */
public abstract class ListenerPostProcessor<A extends Annotation>
		implements BeanPostProcessor, SmartInitializingSingleton, BeanFactoryAware {

	private final Class<A> annotation;

	private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();

	private final List<Found<A>> found = new ArrayList<>();

	private @Nullable ConfigurableBeanFactory beanFactory;

	private boolean singletonsReady;

	ListenerPostProcessor(Class<A> annotation) {
		this.annotation = annotation;
	}

	/**
	 * Registers a listener.
	 * @param annotation the annotation
	 * @param handler the method that bears it
	 * @param beans the application's beans
	 */
	abstract void register(MergedAnnotation<A> annotation, Handler handler, ConfigurableBeanFactory beans);

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableBeanFactory) beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
		if (bean instanceof AopInfrastructureBean || ScopedProxyUtils.isScopedTarget(beanName)
				|| this.withoutListeners.contains(type)) {
			return bean;
		}
		Map<Method, List<MergedAnnotation<A>>> methods = find(type);
		if (methods.isEmpty()) {
			this.withoutListeners.add(type);
		}
		methods.forEach((method, annotations) -> {
			Handler handler = new Handler(bean, beanName, type, method, invocable(method, bean, beanName));
			annotations.forEach((each) -> add(new Found<>(handler, each)));
		});
		return bean;
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
	 * Returns the annotations of a method, or else those of the method that it overrides.
	 */
	private List<MergedAnnotation<A>> annotations(Method method) {
		List<MergedAnnotation<A>> all = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.stream(this.annotation)
			.toList();
		int nearest = all.stream().mapToInt(MergedAnnotation::getAggregateIndex).min().orElse(0);
		return all.stream().filter((each) -> each.getAggregateIndex() == nearest).toList();
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

	private synchronized void add(Found<A> listener) {
		if (this.singletonsReady) {
			register(List.of(listener));
		}
		else {
			this.found.add(listener);
		}
	}

	@Override
	public synchronized void afterSingletonsInstantiated() {
		this.singletonsReady = true;
		register(this.found);
		this.found.clear();
		this.withoutListeners.clear();
	}

	private void register(List<Found<A>> listeners) {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beanFactory, "beanFactory");
		listeners.forEach((listener) -> register(listener.annotation(), listener.handler(), beans));
	}

	private record Found<A extends Annotation>(Handler handler, MergedAnnotation<A> annotation) {
	}

}
