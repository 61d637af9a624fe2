package io.ikigai.platform.autoconfigure.endpoint;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.Guarantees;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.telemetry.Telemetry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The actuator endpoint {@code ikigai}.
 */
@AutoConfiguration(afterName = "io.ikigai.platform.autoconfigure.PlatformAutoConfiguration")
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean({ AgentRegistry.class, TaskInspection.class, Guarantees.class, Telemetry.class })
@ConditionalOnAvailableEndpoint(IkigaiEndpoint.class)
public final class IkigaiEndpointAutoConfiguration {

	IkigaiEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	IkigaiEndpoint ikigaiEndpoint(ObjectProvider<BackendStatus> backends, Guarantees guarantees,
			ObjectProvider<ListenerRegistry> listeners, AgentRegistry agents, TaskInspection tasks,
			Telemetry telemetry) {
		return new IkigaiEndpoint(backends.orderedStream().toList(), guarantees, listeners.getIfAvailable(), agents,
				tasks, telemetry);
	}

}
