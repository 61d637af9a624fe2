package io.ikigai.platform.autoconfigure;

import java.time.Duration;

import io.ikigai.platform.listener.Concurrency;
import io.ikigai.platform.listener.ContainerSettings;
import io.ikigai.platform.listener.IkigaiTaskListenerPostProcessor;
import io.ikigai.platform.listener.ListenerConfigurer;
import io.ikigai.platform.listener.ListenerPostProcessor;
import io.ikigai.platform.listener.ListenerRegistrar;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.listener.ListenersOfOtherContexts;
import io.ikigai.platform.listener.TaskListenerContainerFactory;
import io.ikigai.platform.listener.TaskListenerSettings;
import io.ikigai.platform.runtime.ListenerTelemetry;
import io.ikigai.platform.runtime.TaskQueues;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.validation.Validator;

/**
 * Listeners of task queues.
 */
@AutoConfiguration(after = TaskQueueAutoConfiguration.class,
		afterName = "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration")
@EnableConfigurationProperties({ QueuesProperties.class, ListenersProperties.class, LifecycleProperties.class })
public final class TaskListenerAutoConfiguration {

	TaskListenerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	static IkigaiTaskListenerPostProcessor ikigaiTaskListenerPostProcessor() {
		return new IkigaiTaskListenerPostProcessor();
	}

	@Bean
	@ConditionalOnMissingBean
	static ListenersOfOtherContexts ikigaiListenersOfOtherContexts(ObjectProvider<ListenerPostProcessor<?>> listeners) {
		return new ListenersOfOtherContexts(listeners);
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerRegistry ikigaiListenerRegistry(ObjectProvider<ListenerTelemetry> telemetry,
			ListenersProperties properties) {
		return new ListenerRegistry(
				(listener, error) -> telemetry.ifAvailable((errors) -> errors.accept(listener, error)),
				properties.idleEventInterval());
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerRegistrar ikigaiListenerRegistrar(ObjectProvider<ListenerConfigurer> configurers,
			ObjectProvider<ListenerPostProcessor<?>> annotations) {
		return new ListenerRegistrar(configurers, annotations);
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerConnections ikigaiListenerConnections(ObjectProvider<ListenerRegistry> listeners, PlatformDatabase database,
			ObjectProvider<DataSourcePoolMetadataProvider> pools) {
		return new ListenerConnections(listeners, database, pools.orderedStream().toList());
	}

	@Bean(TaskListenerContainerFactory.DEFAULT_BEAN_NAME)
	@ConditionalOnMissingBean(name = TaskListenerContainerFactory.DEFAULT_BEAN_NAME)
	TaskListenerContainerFactory ikigaiTaskListenerContainerFactory(TaskQueues queues, PlatformDatabase database,
			QueuesProperties properties, LifecycleProperties lifecycle, ObjectProvider<Validator> validator,
			Environment environment) {
		TaskListenerSettings settings = new TaskListenerSettings(properties.lease(), concurrency(properties),
				properties.retry().policy(), new ContainerSettings(properties.pollInterval(),
						patience(lifecycle.getTimeoutPerShutdownPhase()), Threading.VIRTUAL.isActive(environment)));
		return new TaskListenerContainerFactory(queues::queue, database.transactionManager(), settings,
				validator.getIfUnique());
	}

	static ContainerSettings containers(Duration pollInterval, LifecycleProperties lifecycle, Environment environment) {
		return new ContainerSettings(pollInterval, patience(lifecycle.getTimeoutPerShutdownPhase()),
				Threading.VIRTUAL.isActive(environment));
	}

	private static Concurrency concurrency(QueuesProperties properties) {
		try {
			return Concurrency.parse(properties.concurrency());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("ikigai.queues.concurrency", properties.concurrency(),
					ex.getMessage());
		}
	}

	/**
	 * Returns how long handlers may run on: a little less than the phase lasts, so that
	 * what is left can be given back within it.
	 */
	static Duration patience(Duration phase) {
		Duration margin = phase.dividedBy(5);
		Duration most = Duration.ofSeconds(2);
		return phase.minus((margin.compareTo(most) < 0) ? margin : most);
	}

}
