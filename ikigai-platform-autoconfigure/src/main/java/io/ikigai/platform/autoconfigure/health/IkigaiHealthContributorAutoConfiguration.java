package io.ikigai.platform.autoconfigure.health;

import io.ikigai.platform.BackendStatus;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The health contributor {@code ikigai}.
 */
@AutoConfiguration(afterName = "io.ikigai.platform.autoconfigure.PlatformAutoConfiguration")
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(BackendStatus.class)
@ConditionalOnEnabledHealthIndicator("ikigai")
public final class IkigaiHealthContributorAutoConfiguration {

	IkigaiHealthContributorAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = { "ikigaiHealthIndicator", "ikigaiHealthContributor" })
	IkigaiHealthIndicator ikigaiHealthIndicator(ObjectProvider<BackendStatus> backends) {
		return new IkigaiHealthIndicator(backends.orderedStream().toList());
	}

}
