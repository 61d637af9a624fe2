package io.ikigai.platform.autoconfigure.health;

import io.ikigai.platform.BackendStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of what a process does in the background, such as to return the tasks of
 * dead workers to their queues. {@code UNKNOWN} with the reasons when some of it fails:
 * an operator should look, but the application serves.
 */
final class HousekeepingHealthIndicator extends AbstractHealthIndicator {

	private final String backend;

	private final RecentCondition recent;

	HousekeepingHealthIndicator(String backend, RecentCondition recent) {
		super("The health check of the platform's housekeeping failed");
		this.backend = backend;
		this.recent = recent;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		BackendStatus.Condition condition = this.recent.get();
		builder.withDetail("backend", this.backend);
		if (!condition.answers()) {
			builder.status(new Status(Status.DOWN.getCode(), this.backend + " does not answer"));
		}
		else if (condition.failing().isEmpty()) {
			builder.up();
		}
		else {
			builder.status(new Status(Status.UNKNOWN.getCode(), "Some housekeeping fails"))
				.withDetail("failing", condition.failing());
		}
	}

}
