package io.ikigai.platform.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.MergedAnnotations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every bean of the platform backs off when the application has one of its own.
 */
class ReplaceableBeansTests {

	/** Those that do not, and why. */
	private static final Map<String, String> EXCEPTIONS = Map.of("ikigaiQueueKeys",
			"stands beside other advisors of the binding", "ikigaiQueueTracking", "is what the configuration says",
			"ikigaiProperties", "is what the configuration says", "ikigaiEagerBeans", "stands beside other filters");

	@Test
	void everyBeanBacksOff() {
		List<Method> beans = autoConfigurations().flatMap(ReplaceableBeansTests::withNested)
			.flatMap((type) -> Arrays.stream(type.getDeclaredMethods()))
			.filter((method) -> MergedAnnotations.from(method).isPresent(Bean.class))
			.toList();
		assertThat(beans).hasSizeGreaterThan(50);
		List<String> insisting = new ArrayList<>();
		for (Method bean : beans) {
			if (!backsOff(bean)) {
				insisting.add(bean.getName());
			}
		}
		assertThat(insisting).containsExactlyInAnyOrderElementsOf(EXCEPTIONS.keySet());
	}

	// A condition on its class is as good
	private static boolean backsOff(Method bean) {
		return MergedAnnotations.from(bean).isPresent(ConditionalOnMissingBean.class)
				|| MergedAnnotations.from(bean.getDeclaringClass()).isPresent(ConditionalOnMissingBean.class);
	}

	private static Stream<Class<?>> withNested(Class<?> type) {
		return Stream.concat(Stream.of(type),
				Arrays.stream(type.getDeclaredClasses()).flatMap(ReplaceableBeansTests::withNested));
	}

	private static Stream<Class<?>> autoConfigurations() {
		List<Class<?>> types = new ArrayList<>();
		for (String name : ImportCandidates.load(AutoConfiguration.class,
				ReplaceableBeansTests.class.getClassLoader())) {
			if (name.startsWith("io.ikigai.platform.")) {
				try {
					types.add(Class.forName(name));
				}
				catch (ClassNotFoundException ex) {
					throw new AssertionError(name + " is listed and does not exist", ex);
				}
			}
		}
		assertThat(types).isNotEmpty();
		return types.stream();
	}

}
