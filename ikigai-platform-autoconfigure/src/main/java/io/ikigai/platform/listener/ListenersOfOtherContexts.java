package io.ikigai.platform.listener;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.util.ClassUtils;

/**
 * Warns of listeners that are declared in a parent or child of the platform's application
 * context: a post-processor sees the beans of its own context only, so they never listen.
 */
public final class ListenersOfOtherContexts
		implements ApplicationListener<ContextRefreshedEvent>, ApplicationContextAware {

	private static final Log logger = LogFactory.getLog(ListenersOfOtherContexts.class);

	private final ObjectProvider<ListenerPostProcessor<?>> listeners;

	private @Nullable ApplicationContext own;

	/**
	 * Creates the check.
	 * @param listeners the post-processors of the platform's context
	 */
	public ListenersOfOtherContexts(ObjectProvider<ListenerPostProcessor<?>> listeners) {
		this.listeners = listeners;
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.own = applicationContext;
	}

	// A context publishes its events to its ancestors, too
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		ApplicationContext refreshed = event.getApplicationContext();
		if (refreshed != this.own) {
			warn(refreshed);
			return;
		}
		for (ApplicationContext parent = refreshed.getParent(); parent != null; parent = parent.getParent()) {
			warn(parent);
		}
	}

	private void warn(ApplicationContext other) {
		if (other.getBeanNamesForType(ListenerPostProcessor.class, true, false).length > 0) {
			return;
		}
		for (String name : other.getBeanDefinitionNames()) {
			Class<?> type = other.getType(name, false);
			if (type != null) {
				warn(other, name, ClassUtils.getUserClass(type));
			}
		}
	}

	private void warn(ApplicationContext other, String name, Class<?> type) {
		this.listeners.stream()
			.filter((each) -> each.declares(type))
			.forEach((each) -> logger.warn(
					("Bean '%s' (%s) declares listeners with @%s that never listen, because its application context %s"
							+ " has no auto-configuration of the platform. Declare the bean in the context that has it")
						.formatted(name, type.getName(), each.annotation().getSimpleName(), other.getDisplayName())));
	}

}
