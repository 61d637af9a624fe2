package io.ikigai.platform.autoconfigure;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.context.SmartLifecycle;

/**
 * What {@code spring.main.lazy-initialization} must not put off: parts of the platform
 * that work although nothing asks for them, such as the registration of the agent. Beans
 * that listen are created by the platform itself.
 */
class EagerPlatformBeans implements LazyInitializationExcludeFilter {

	@Override
	public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
		return beanType.getName().startsWith("io.ikigai.platform.") && (SmartLifecycle.class.isAssignableFrom(beanType)
				|| SmartInitializingSingleton.class.isAssignableFrom(beanType));
	}

}
