package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Finds the beans that declare listeners and that no post-processor has seen although all
 * singletons are there. Lazy beans and products of factory beans are created, because
 * nothing else would ask for them; singletons that were registered as objects, or were
 * created before the post-processors, are taken as they are.
 */
final class UnseenListeners {

	private static final Log logger = LogFactory.getLog(UnseenListeners.class);

	private final ListenerPostProcessor<?> listeners;

	private final ConfigurableListableBeanFactory beans;

	UnseenListeners(ListenerPostProcessor<?> listeners, ConfigurableListableBeanFactory beans) {
		this.listeners = listeners;
		this.beans = beans;
	}

	/**
	 * Creates the unseen beans.
	 * @param seen the names of the beans that the post-processor has seen; creating a
	 * bean adds it
	 * @return those that are there now and that the post-processor has still not seen
	 * @throws InvalidListenerException if a bean with listeners is not a singleton
	 */
	Map<String, Object> find(Set<String> seen) {
		List<String> names = new ArrayList<>();
		this.beans.getBeanNamesIterator().forEachRemaining(names::add);
		Map<String, Object> unseen = new LinkedHashMap<>();
		for (String name : names) {
			if (!seen.contains(name) && !isTemplate(name) && declares(name)) {
				Object bean = this.beans.getBean(name);
				if (seen.add(name)) {
					unseen.put(name, bean);
				}
			}
		}
		return unseen;
	}

	private boolean isTemplate(String name) {
		return this.beans.containsBeanDefinition(name) && this.beans.getMergedBeanDefinition(name).isAbstract();
	}

	private boolean declares(String name) {
		Class<?> type = type(name);
		if (type == null || ScopedListeners.isProxy(name, this.beans)) {
			return false;
		}
		ScopedListeners.refuse(this.listeners.annotation(), type, name, this.beans);
		return true;
	}

	/**
	 * Returns the class of a bean with listeners. A lazy bean whose class cannot be
	 * loaded, because an optional dependency is missing, has no listeners.
	 */
	private @Nullable Class<?> type(String name) {
		try {
			Class<?> type = this.beans.getType(name, false);
			return (type != null && this.listeners.declares(ClassUtils.getUserClass(type))) ? type : null;
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Bean '%s' is not searched for listeners, for its class cannot be looked at".formatted(name),
					ex);
			return null;
		}
	}

}
