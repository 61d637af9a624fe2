package io.ikigai.platform.stream;

import io.ikigai.platform.Platform;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Tells whether the groups of destinations can be read, without which nothing can be
 * sent. The services of the platform have indicators of their own.
 */
final class BinderHealthIndicator extends AbstractHealthIndicator {

	private final StreamGroups groups;

	BinderHealthIndicator(Platform platform) {
		super("The groups of destinations cannot be read");
		this.groups = new StreamGroups(platform.storage());
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		this.groups.of("health");
		builder.up();
	}

}
