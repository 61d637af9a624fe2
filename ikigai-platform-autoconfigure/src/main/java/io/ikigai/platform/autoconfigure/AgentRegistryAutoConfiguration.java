package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.RegisteredAgents;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The registry of agents, and this application's entry in it.
 */
@AutoConfiguration(after = { TaskQueueAutoConfiguration.class, TaskListenerAutoConfiguration.class })
@EnableConfigurationProperties(AgentProperties.class)
public final class AgentRegistryAutoConfiguration {

	AgentRegistryAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(AgentRegistry.class)
	RegisteredAgents ikigaiAgentRegistry(PostgresBackend backend, AgentProperties properties, Environment environment,
			ObjectProvider<ListenerRegistry> listeners) {
		return new RegisteredAgents(backend.agentStore(), AgentIdentity.name(properties, environment),
				AgentIdentity.version(properties, environment), AgentIdentity.server(),
				new AgentManifest(listeners.getIfAvailable(AgentRegistryAutoConfiguration::withoutListeners)));
	}

	private static ListenerRegistry withoutListeners() {
		return new ListenerRegistry((listener, error) -> {
		}, null);
	}

}
