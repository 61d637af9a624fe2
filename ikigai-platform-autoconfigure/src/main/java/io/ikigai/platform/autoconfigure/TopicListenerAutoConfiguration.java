package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.listener.TopicListenerContainerFactory;
import io.ikigai.platform.listener.TopicListenerPostProcessor;
import io.ikigai.platform.runtime.Topics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.validation.Validator;

/**
 * Listeners of topics.
 */
@AutoConfiguration(after = { PubSubAutoConfiguration.class, TaskListenerAutoConfiguration.class })
@EnableConfigurationProperties(LifecycleProperties.class)
public final class TopicListenerAutoConfiguration {

	TopicListenerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	static TopicListenerPostProcessor ikigaiTopicListenerPostProcessor() {
		return new TopicListenerPostProcessor();
	}

	@Bean
	@ConditionalOnMissingBean
	TopicListenerContainerFactory ikigaiTopicListenerContainerFactory(ObjectProvider<Topics> topics,
			LifecycleProperties lifecycle, ObjectProvider<Validator> validator) {
		return new TopicListenerContainerFactory((names) -> topics.getObject().listenTo(names),
				TaskListenerAutoConfiguration.patience(lifecycle.getTimeoutPerShutdownPhase()),
				validator.getIfUnique());
	}

}
