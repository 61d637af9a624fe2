package io.ikigai.platform.autoconfigure.endpoint;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.agent.AgentRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The part {@code ikigai} of the actuator's endpoint {@code info}.
 */
@AutoConfiguration(afterName = "io.ikigai.platform.autoconfigure.PlatformAutoConfiguration")
@ConditionalOnClass(ConditionalOnEnabledInfoContributor.class)
@ConditionalOnBean(AgentRegistry.class)
public final class IkigaiInfoContributorAutoConfiguration {

	IkigaiInfoContributorAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledInfoContributor("ikigai")
	IkigaiInfoContributor ikigaiInfoContributor(AgentRegistry agents, ObjectProvider<BackendStatus> backends) {
		return new IkigaiInfoContributor(agents, backends.orderedStream().toList());
	}

}
