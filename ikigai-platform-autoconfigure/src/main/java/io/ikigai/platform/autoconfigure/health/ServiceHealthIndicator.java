package io.ikigai.platform.autoconfigure.health;

import io.ikigai.platform.BackendStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of one service: that of its backend.
 * <ul>
 * <li>{@code DOWN} when the backend does not answer.</li>
 * <li>{@code UNKNOWN} when it answers, but does not wake its users: work goes on, as
 * listeners look by themselves, only later.</li>
 * <li>{@code UP} otherwise.</li>
 * </ul>
 */
final class ServiceHealthIndicator extends AbstractHealthIndicator {

	private final String backend;

	private final RecentCondition recent;

	ServiceHealthIndicator(String backend, RecentCondition recent) {
		super("The health check of a service of the platform failed");
		this.backend = backend;
		this.recent = recent;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		BackendStatus.Condition condition = this.recent.get();
		builder.withDetail("backend", this.backend).withDetails(condition.details());
		if (!condition.answers()) {
			builder.status(new Status(Status.DOWN.getCode(), this.backend + " does not answer"));
		}
		else if (!condition.wakes()) {
			builder.status(new Status(Status.UNKNOWN.getCode(), this.backend + " does not wake its users"));
		}
		else {
			builder.up();
		}
	}

}
