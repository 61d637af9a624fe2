package io.ikigai.platform.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Which queues have their tasks tracked: {@code ikigai.queues.<name>.tracking}, beside
 * the properties of all queues, which are strict otherwise. A name that is more than
 * lower-case letters, digits and dashes is written as
 * {@code ikigai.queues[<name>].tracking}.
 *
 * @param byName what is said of single queues, by their names
 */
record QueueTracking(Map<String, Boolean> byName) {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("ikigai.queues");

	private static boolean isTracking(ConfigurationPropertyName name) {
		return PREFIX.isAncestorOf(name) && name.getNumberOfElements() > PREFIX.getNumberOfElements() + 1
				&& name.getLastElement(ConfigurationPropertyName.Form.UNIFORM).equals("tracking");
	}

	static QueueTracking of(Environment environment) {
		Map<String, Boolean> byName = new HashMap<>();
		Binder binder = Binder.get(environment);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource names) {
				names.filter(QueueTracking::isTracking)
					.forEach((name) -> byName.putIfAbsent(queue(name),
							binder.bind(name, Bindable.of(Boolean.class)).orElse(false)));
			}
		}
		return new QueueTracking(byName);
	}

	private static String queue(ConfigurationPropertyName name) {
		StringBuilder queue = new StringBuilder();
		for (int i = PREFIX.getNumberOfElements(); i < name.getNumberOfElements() - 1; i++) {
			queue.append(queue.isEmpty() ? "" : ".")
				.append(name.getElement(i, ConfigurationPropertyName.Form.ORIGINAL));
		}
		return queue.toString();
	}

	/**
	 * Tells of each queue whether its tasks are tracked.
	 * @param otherwise whether they are where nothing is said
	 */
	Predicate<String> orElse(boolean otherwise) {
		return (queue) -> this.byName.getOrDefault(queue, otherwise);
	}

	/**
	 * Lets the properties of single queues stand beside those of all queues.
	 */
	static final class Keys implements ConfigurationPropertiesBindHandlerAdvisor {

		@Override
		public BindHandler apply(BindHandler handler) {
			return new AbstractBindHandler(handler) {
				@Override
				public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
						@Nullable Object result) throws Exception {
					try {
						super.onFinish(name, target, context, result);
					}
					catch (UnboundConfigurationPropertiesException ex) {
						Set<ConfigurationProperty> unknown = ex.getUnboundProperties()
							.stream()
							.filter((property) -> !isTracking(property.getName()))
							.collect(Collectors.toSet());
						if (!unknown.isEmpty()) {
							throw new UnboundConfigurationPropertiesException(unknown);
						}
					}
				}
			};
		}

	}

}
