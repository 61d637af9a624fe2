package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.listener.ListenerRegistrar;
import io.ikigai.platform.listener.ListenerRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.support.DefaultLifecycleProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code spring.main.lazy-initialization} leaves alone.
 */
class EagerPlatformBeansTests {

	@Test
	void createsWhatStartsListenersAndWhatAsksTheirConfigurers() {
		assertThat(eager(ListenerRegistry.class)).isTrue();
		assertThat(eager(ListenerRegistrar.class)).isTrue();
		assertThat(eager(DefaultLifecycleProcessor.class)).isFalse();
	}

	private static boolean eager(Class<?> type) {
		return new EagerPlatformBeans().isExcluded("any", new RootBeanDefinition(type), type);
	}

}
