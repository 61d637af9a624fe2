package io.ikigai.platform.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the platform's vector store, which is a {@link Consumer} by Spring AI's
 * interfaces, from being taken by Spring Cloud Function for one of the application's
 * functions. It counts beans by their types: beside the vector store an application's
 * only function would not be found, and without one the vector store would be bound.
 */
final class FunctionCatalogGuard implements BeanFactoryPostProcessor {

	private static final String DEFINITION = "spring.cloud.function.definition";

	private static final List<Class<?>> FUNCTIONS = List.of(Supplier.class, Function.class, Consumer.class,
			BiFunction.class, BiConsumer.class);

	/** Spring Cloud Function's own, which it does not count either. */
	private static final Set<String> OWN = Set.of("functionRouter", "defaultMessageRoutingHandler");

	private final ConfigurableEnvironment environment;

	private final String vectorStore;

	FunctionCatalogGuard(ConfigurableEnvironment environment, String vectorStore) {
		this.environment = environment;
		this.vectorStore = vectorStore;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (!beanFactory.containsBeanDefinition(this.vectorStore) || this.environment.containsProperty(DEFINITION)
				|| this.environment.containsProperty("spring.cloud.stream.function.definition")) {
			return;
		}
		Set<String> functions = new TreeSet<>();
		for (Class<?> type : FUNCTIONS) {
			functions.addAll(List.of(beanFactory.getBeanNamesForType(type, true, false)));
		}
		functions.removeAll(OWN);
		functions.remove(this.vectorStore);
		Map<String, Object> properties = new LinkedHashMap<>();
		if (functions.isEmpty()) {
			properties.put("spring.cloud.stream.function.autodetect", "false");
			properties.put("spring.cloud.function.ineligible-definitions", this.vectorStore);
		}
		else if (functions.size() == 1) {
			properties.put(DEFINITION, functions.iterator().next());
		}
		if (!properties.isEmpty()) {
			this.environment.getPropertySources().addLast(new MapPropertySource("ikigaiFunctionCatalog", properties));
		}
	}

}
