package io.ikigai.platform.listener;

import java.lang.annotation.Annotation;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Refuses listeners on beans that are no singletons: of a scoped bean there may be none
 * or many, and each would be a listener, or none would.
 */
final class ScopedListeners {

	private ScopedListeners() {
	}

	/**
	 * Asks whether a bean is the proxy of a scoped bean, which is looked at itself.
	 * @param beanName the bean's name
	 * @param beans the bean factory
	 * @return whether it is
	 */
	static boolean isProxy(String beanName, @Nullable BeanFactory beans) {
		return beans instanceof ConfigurableListableBeanFactory listable
				&& listable.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(beanName));
	}

	/**
	 * Refuses a bean with listeners if it is no singleton.
	 * @param annotation the listener's annotation
	 * @param type the bean's class
	 * @param beanName its name
	 * @param beans the bean factory
	 * @throws InvalidListenerException if its definition has another scope
	 */
	static void refuse(Class<? extends Annotation> annotation, Class<?> type, String beanName,
			@Nullable BeanFactory beans) {
		if (!(beans instanceof ConfigurableListableBeanFactory listable)
				|| !listable.containsBeanDefinition(beanName)) {
			return;
		}
		BeanDefinition definition = listable.getMergedBeanDefinition(beanName);
		if (definition.isSingleton() && listable.isSingleton(beanName)) {
			return;
		}
		String scope = (definition.isSingleton() || definition.isPrototype()) ? "prototype" : definition.getScope();
		String name = (ScopedProxyUtils.isScopedTarget(beanName)) ? ScopedProxyUtils.getOriginalBeanName(beanName)
				: beanName;
		throw new InvalidListenerException(
				("%s (bean '%s') has methods with @%s, but its scope is '%s': a listener must be a singleton. Put the"
						+ " listener on a singleton bean that calls this one, or add listeners with ListenerRegistrar")
					.formatted(type.getName(), name, annotation.getSimpleName(), scope),
				null);
	}

}
