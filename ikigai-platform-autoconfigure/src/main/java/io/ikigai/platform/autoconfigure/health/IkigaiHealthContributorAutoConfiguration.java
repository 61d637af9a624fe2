package io.ikigai.platform.autoconfigure.health;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.DatabaseHygiene;
import io.ikigai.platform.listener.ListenerRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The health contributor {@code ikigai}: each service, whether notifications arrive
 * ({@code listen}), whether listeners get their work ({@code listeners}), whether what is
 * done in the background works ({@code housekeeping}), and what makes the database slow
 * in the long run ({@code database}).
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
	CompositeHealthContributor ikigaiHealthContributor(ObjectProvider<BackendStatus> backends,
			ObjectProvider<DatabaseHygiene> hygiene, ObjectProvider<ListenerRegistry> listeners) {
		Map<String, HealthIndicator> indicators = new TreeMap<>();
		List<BackendStatus> all = backends.orderedStream().toList();
		for (BackendStatus backend : all) {
			RecentCondition condition = new RecentCondition(backend);
			backend.services()
				.forEach(
						(service) -> indicators.put(service, new ServiceHealthIndicator(backend.backend(), condition)));
			if (backend.backend().equals("postgres")) {
				indicators.put("listen", new ServiceHealthIndicator("postgres", condition));
				indicators.put("housekeeping", new HousekeepingHealthIndicator("postgres", condition));
			}
		}
		hygiene.ifUnique((database) -> indicators.put("database", new DatabaseHealthIndicator(database)));
		listeners.ifAvailable((registry) -> indicators.put("listeners", new ListenersHealthIndicator(registry)));
		return CompositeHealthContributor.fromMap(indicators);
	}

}
