package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.queue.IkigaiTaskListener;
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
 * Finds methods with {@link IkigaiTaskListener} in the application's beans and registers
 * a listener for each annotation, once all singletons are there. Needs the beans
 * {@link ListenerRegistry} and {@link TaskListenerContainerFactory} only if there are
 * such methods.
 */
public class IkigaiTaskListenerPostProcessor
		implements BeanPostProcessor, SmartInitializingSingleton, BeanFactoryAware {

	private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();

	private final List<Found> found = new ArrayList<>();

	private @Nullable ConfigurableBeanFactory beanFactory;

	private boolean singletonsReady;

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
		Map<Method, List<MergedAnnotation<IkigaiTaskListener>>> methods = find(type);
		if (methods.isEmpty()) {
			this.withoutListeners.add(type);
		}
		methods.forEach((method, annotations) -> {
			Handler handler = new Handler(bean, beanName, type, method, invocable(method, bean, beanName));
			annotations.forEach((annotation) -> add(new Found(handler, annotation)));
		});
		return bean;
	}

	private static Map<Method, List<MergedAnnotation<IkigaiTaskListener>>> find(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, IkigaiTaskListener.class)) {
			return Map.of();
		}
		MetadataLookup<List<MergedAnnotation<IkigaiTaskListener>>> lookup = (method) -> {
			List<MergedAnnotation<IkigaiTaskListener>> annotations = annotations(method);
			return (annotations.isEmpty()) ? null : annotations;
		};
		return MethodIntrospector.selectMethods(type, lookup);
	}

	/**
	 * Returns the annotations of a method, or else those of the method that it overrides.
	 */
	private static List<MergedAnnotation<IkigaiTaskListener>> annotations(Method method) {
		List<MergedAnnotation<IkigaiTaskListener>> all = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.stream(IkigaiTaskListener.class)
			.toList();
		int nearest = all.stream().mapToInt(MergedAnnotation::getAggregateIndex).min().orElse(0);
		return all.stream().filter((annotation) -> annotation.getAggregateIndex() == nearest).toList();
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

	private synchronized void add(Found listener) {
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

	private void register(List<Found> listeners) {
		if (!listeners.isEmpty()) {
			TaskEndpoints endpoints = new TaskEndpoints(Objects.requireNonNull(this.beanFactory, "beanFactory"));
			listeners.forEach((listener) -> endpoints.register(listener.annotation(), listener.handler()));
		}
	}

	private record Found(Handler handler, MergedAnnotation<IkigaiTaskListener> annotation) {
	}

}
